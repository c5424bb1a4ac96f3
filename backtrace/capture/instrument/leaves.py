"""The hooks on leaf tensors: what is about to be added to `.grad`, and that it was."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from backtrace.capture.shield import Shield

Undo = Callable[[], None]


class LeafHooks:
    """Hooks leaves, and knows every hook that is still on."""

    def __init__(self, shield: Shield) -> None:
        self._shield = shield
        self._followed: set[Undo] = set()

    def __len__(self) -> int:
        return len(self._followed)

    def follow(
        self, leaf: Tensor, incoming: Callable[[Tensor], None], arrived: Callable[[Tensor], None]
    ) -> Undo:
        """Hook a leaf: `incoming(gradient)` before it is added to `.grad`, `arrived(leaf)` after.

        Returns what takes the hooks off again; they come off on exit in any case.
        Raises RuntimeError for a tensor that requires no gradient.
        """
        handles = (
            leaf.register_hook(self._shield.guard_leaf(incoming)),  # type: ignore[no-untyped-call]
            leaf.register_post_accumulate_grad_hook(self._shield.guard_leaf(arrived)),  # type: ignore[no-untyped-call]
        )

        def undo() -> None:
            self._followed.discard(undo)
            for handle in handles:
                handle.remove()

        self._followed.add(undo)
        return undo

    def remove_all(self) -> None:
        """Take every hook off."""
        for undo in tuple(self._followed):
            undo()
