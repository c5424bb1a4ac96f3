"""The hooks on leaf tensors: what is about to be added to `.grad`, and that it was."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from torch import Tensor, nn

from backtrace.as_data import is_exactly
from backtrace.recording.hooks.error_boundary import ErrorBoundary

Undo = Callable[[], None]


class LeafHooks:
    """Hooks leaves, and knows every hook that is still on."""

    def __init__(self, boundary: ErrorBoundary) -> None:
        self._boundary = boundary
        self._followed: dict[Undo, tuple[weakref.ref[Tensor], int]] = {}

    def __len__(self) -> int:
        return len(self._followed)

    def follow(
        self, leaf: Tensor, incoming: Callable[[Tensor], None], arrived: Callable[[Tensor], None]
    ) -> Undo:
        """Hook a leaf: `incoming(gradient)` before it is added to `.grad`, `arrived(leaf)` after.

        Where `.grad` is None nothing is added to, and `incoming` may be left out.
        Returns what takes the hooks off again; they come off on exit in any case.
        Raises RuntimeError for a tensor that requires no gradient.
        """
        guard = self._boundary.guard_leaf
        handles = (
            leaf.register_hook(guard("backward", incoming, _has_grad(leaf))),  # type: ignore[no-untyped-call]
            leaf.register_post_accumulate_grad_hook(guard("backward", arrived)),  # type: ignore[no-untyped-call]
        )

        def undo() -> None:
            self._followed.pop(undo, None)
            for handle in handles:
                handle.remove()

        self._followed[undo] = (weakref.ref(leaf), handles[0].id)
        return undo

    def come_last(self) -> None:
        """Put our hooks behind those that the user added since, which may change the gradient."""
        for ref, key in self._followed.values():
            hooks = getattr(ref(), "_backward_hooks", None)
            if hooks is not None and len(hooks) > 1 and next(reversed(hooks)) != key:
                hooks[key] = hooks.pop(key)

    def remove_all(self) -> None:
        """Take every hook off."""
        for undo in tuple(self._followed):
            undo()


def _has_grad(leaf: Tensor) -> Callable[[], bool]:
    """Return what tells whether a leaf has a `.grad`; a class of the user's is not asked."""
    if not is_exactly(leaf, Tensor, nn.Parameter):
        return lambda: True
    ref = weakref.ref(leaf)
    return lambda: (tensor := ref()) is None or tensor.grad is not None
