"""The hooks and patches around torch: the only file that changes torch, and it undoes it all.

Official hooks come first: the optimizers' global step hooks, the leaf tensors' gradient hooks,
the models' forward hooks, the registration hooks. What has no hook is wrapped: `zero_grad`,
`torch.autograd.backward` (which `Tensor.backward` calls by attribute), clipping, and a
GradScaler's `unscale_` and `step`. Whatever goes wrong in the observer stays here: the user's
training goes on, and the observer is told once that it lost sight.
"""

from __future__ import annotations

import functools
import sys
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from torch.nn.utils import clip_grad
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from backtrace.capture.observer import Observer
from backtrace.capture.shield import Shield

Undo = Callable[[], None]


class Instrument:
    """Installs everything on `__enter__` and removes all of it on `__exit__`."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._undo = ExitStack()
        self._depth = {"zero_grad": 0, "backward": 0, "rescale": 0}
        self._patched: set[type] = set()
        self._followed: set[Undo] = set()
        self._models: dict[int, weakref.ref[nn.Module]] = {}
        self._shield = Shield(observer)
        self.tell = self._shield.tell

    def __enter__(self) -> Instrument:
        self._shield.is_active = True
        try:
            self._install()
        except BaseException:
            self._undo.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._shield.tell(self._observer.close)
        self._shield.is_active = False
        self._undo.close()

    def _install(self) -> None:
        keep = self._keep
        began, ended = (
            self._shield.guard(self._observer.step_began),
            self._shield.guard(self._observer.step_ended),
        )
        keep(register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: began(optimizer)))
        keep(register_optimizer_step_post_hook(lambda optimizer, args, kwargs: ended(optimizer)))
        noticed = self._shield.guard(self._observer.module_registered)
        keep(register_module_module_registration_hook(lambda m, name, child: noticed(m, child)))
        keep(register_module_parameter_registration_hook(lambda m, name, child: noticed(m, child)))
        self._wrap(torch.autograd, "backward", self._around_backward)
        for cls in _zero_grad_owners():
            self.patch_zero_grad(cls)
        self._wrap(torch.optim.Optimizer, "add_param_group", self._around_add_param_group)
        for name in ("clip_grad_norm_", "clip_grad_value_"):
            for module in (torch.nn.utils, clip_grad):
                self._wrap(module, name, functools.partial(self._around_rescale, name))
        # Whoever imported clip_grad_norm_ by name before still calls this one through its module.
        inner = functools.partial(self._around_rescale, "clip_grad_norm_")
        self._wrap(clip_grad, "_clip_grads_with_norm_", inner)
        scaler = torch.amp.GradScaler
        self._wrap(scaler, "unscale_", functools.partial(self._around_rescale, "unscale_"))
        self._wrap(scaler, "step", self._around_scaler_step)
        self._wrap(scaler, "scale", self._around_scale)
        self._undo.callback(self._unfollow_all)

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

    def _unfollow_all(self) -> None:
        for undo in tuple(self._followed):
            undo()

    def follow_module(self, module: nn.Module) -> None:
        """Watch a model's forward, and wrap any `zero_grad` of its class's own.

        The hooks are torch's global ones, not the model's: a model that carries hooks of ours could
        no longer be pickled or scripted, and a copy of it would keep them.
        """
        if not self._models:
            before = self._shield.guard(self._forward_began)
            after = self._shield.guard(self._forward_ended)
            self._keep(register_module_forward_pre_hook(before))
            self._keep(register_module_forward_hook(lambda module, args, output: after(module)))
            self._ignore_warning("Using `torch.compile\\(module\\)` when there are global hooks")
        self._models[id(module)] = weakref.ref(module)
        for cls in type(module).__mro__:
            self.patch_zero_grad(cls)

    def _forward_began(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        known = self._models.get(id(module))
        if known is not None and known() is module:
            self._observer.forward_began(args)

    def _forward_ended(self, module: nn.Module) -> None:
        known = self._models.get(id(module))
        if known is not None and known() is module:
            self._observer.forward_ended(module)

    def _ignore_warning(self, message: str) -> None:
        """Keep a warning about our own hooks from the user, until we are gone."""
        warnings.filterwarnings("ignore", message=message)
        entry = warnings.filters[0]

        def restore() -> None:
            with suppress(ValueError):  # the user has reset the filters
                warnings.filters.remove(entry)  # type: ignore[attr-defined]

        self._undo.callback(restore)

    def patch_zero_grad(self, cls: type) -> None:
        """Wrap the `zero_grad` that `cls` itself defines, once."""
        if "zero_grad" in vars(cls) and cls not in self._patched:
            self._patched.add(cls)
            self._wrap(cls, "zero_grad", self._around_zero_grad)

    def _keep(self, handle: Any) -> None:
        self._undo.callback(handle.remove)

    def _wrap(self, owner: Any, name: str, around: Callable[..., Any]) -> None:
        """Replace `owner.name` by a wrapper that calls `around(original, *args, **kwargs)`."""
        original = vars(owner).get(name)
        if original is None:  # another version of torch; what it would show is not seen
            return

        @functools.wraps(original)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if not self._shield.is_active or torch.compiler.is_compiling():
                return original(*args, **kwargs)
            if self._shield.is_elsewhere():
                target = args[0] if args else None
                self._shield.tell(self._observer.used_elsewhere, target)
                return original(*args, **kwargs)
            return around(original, *args, **kwargs)

        def restore() -> None:
            if vars(owner).get(name) is wrapper:  # else someone wrapped us, and we only pass on
                setattr(owner, name, original)

        setattr(owner, name, wrapper)
        self._undo.callback(restore)

    @contextmanager
    def _nested(self, what: str) -> Iterator[bool]:
        """Count calls inside calls of the same kind; gives whether this is the outermost."""
        self._depth[what] += 1
        try:
            yield self._depth[what] == 1
        finally:
            self._depth[what] -= 1

    def _around_zero_grad(self, original: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        with self._nested("zero_grad") as is_outermost:
            if not is_outermost:
                return original(target, *args, **kwargs)
            self._shield.tell(self._observer.zero_grad_began, target)
            result = original(target, *args, **kwargs)
            set_to_none = kwargs.get("set_to_none", args[0] if args else True)
            self._shield.tell(self._observer.zero_grad_ended, target, bool(set_to_none))
            return result

    def _around_backward(self, original: Any, *args: Any, **kwargs: Any) -> Any:
        with self._nested("backward") as is_outermost:
            if not is_outermost:  # checkpointing runs a backward inside the backward
                return original(*args, **kwargs)
            tensors = kwargs.pop("tensors", None) if "tensors" in kwargs else args[0]
            if not isinstance(tensors, Tensor):
                tensors = tuple(tensors)  # looked at twice, so a generator must not be used up
            args = (tensors, *args[1:])
            self._shield.tell(self._observer.backward_began, tensors)
            try:
                result = original(*args, **kwargs)
            except BaseException:
                self._shield.tell(self._observer.backward_ended, failed=True)
                raise
            self._shield.tell(self._observer.backward_ended, failed=False)
            return result

    def _around_rescale(self, call: str, original: Any, *args: Any, **kwargs: Any) -> Any:
        with self._nested("rescale") as is_outermost:
            if not is_outermost:
                return original(*args, **kwargs)
            self._shield.tell(self._observer.rescale_began)
            result = original(*args, **kwargs)
            self._shield.tell(self._observer.rescale_ended, call)
            return result

    def _around_scaler_step(
        self, original: Any, scaler: Any, optimizer: torch.optim.Optimizer, *args: Any, **kw: Any
    ) -> Any:
        steps = self._observer.step_count(optimizer)
        result = original(scaler, optimizer, *args, **kw)
        if self._observer.step_count(optimizer) == steps:
            reason = "the GradScaler found gradients that are not finite"
            self._shield.tell(self._observer.step_skipped, optimizer, reason)
        return result

    def _around_scale(self, original: Any, scaler: Any, outputs: Any) -> Any:
        scaled = original(scaler, outputs)
        self._shield.tell(self._observer.loss_scaled, outputs, scaled)
        return scaled

    def _around_add_param_group(self, original: Any, optimizer: Any, *args: Any, **kw: Any) -> Any:
        result = original(optimizer, *args, **kw)
        self._shield.tell(self._observer.optimizer_seen, optimizer)
        for cls in type(optimizer).__mro__:
            self.patch_zero_grad(cls)
        return result


def _zero_grad_owners() -> Iterator[type[Any]]:
    yield nn.Module
    waiting: list[type[Any]] = [torch.optim.Optimizer]
    while waiting:
        cls = waiting.pop()
        yield cls
        waiting.extend(cls.__subclasses__())


def count_compiled_graphs() -> int:
    """Return how many graphs torch.compile has made in this process."""
    dynamo = sys.modules.get("torch._dynamo.utils")
    return int(dynamo.counters["stats"]["unique_graphs"]) if dynamo else 0
