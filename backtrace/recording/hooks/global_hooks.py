"""Torch's own global hooks: on optimizers' steps, modules' calls and registrations.

They are the global ones, not the model's: a model that carries hooks of ours could no longer be
pickled or scripted, and a copy of it would keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as torch_module
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)
from torch.utils.hooks import RemovableHandle

from backtrace.recording.hooks.error_boundary import ErrorBoundary
from backtrace.recording.hooks.patches import Patches

OnStep = Callable[[torch.optim.Optimizer], None]
OnRegistration = Callable[[nn.Module, list[object], str], None]
BeforeCall = Callable[[nn.Module, tuple[object, ...]], Any]  # other arguments, or None
_COMPILED = "Using `torch.compile\\(module\\)` when there are global hooks"
_LEFT_BEHIND = ("_global_forward_hooks_with_kwargs", "_global_forward_hooks_always_called")
AfterCall = Callable[[nn.Module, tuple[object, ...], dict[str, object], object], None]


class GlobalHooks:
    """Registers hooks; all of them come off when `patches` are closed."""

    def __init__(self, boundary: ErrorBoundary, patches: Patches) -> None:
        self._boundary = boundary
        self._patches = patches
        self._calls: tuple[BeforeCall, AfterCall] | None = None
        self._handles: list[RemovableHandle] = []
        self._others: list[RemovableHandle] = []  # than those that a pause takes off
        patches.on_close(self._remove_others)

    def on_step(self, began: OnStep, ended: OnStep) -> None:
        """Have `began` and `ended` called around every `step` of any optimizer."""
        before, after = self._boundary.guard("step", began), self._boundary.guard("step", ended)
        self._before_step(before)
        self._after_step(after)

    def before_step(self, began: OnStep) -> None:
        """Have `began` called before every `step` of any optimizer, ahead of who hooked it first.

        What it changes is then seen by the others.
        """
        _put_first(self._before_step(self._boundary.guard("step", began)))

    def before_reading(self, reads: OnStep) -> None:
        """Have `reads` called when a step's gradients are as it reads them, ahead of other hooks.

        That is before it, or where it is given a closure after each call of that.
        """
        read = self._boundary.guard("step", reads)

        def begin(optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> Any:
            closure = kwargs.get("closure", args[1] if len(args) > 1 else None)
            if closure is None:
                return read(optimizer)

            def go_backward() -> Any:
                loss = closure()
                read(optimizer)
                return loss

            if "closure" in kwargs:
                return args, {**kwargs, "closure": go_backward}
            return (args[0], go_backward, *args[2:]), kwargs

        self._others.append(register_optimizer_step_pre_hook(begin))
        _put_first(self._others[-1])

    def after_step(self, ended: OnStep) -> None:
        """Have `ended` called after every `step` of any optimizer."""
        self._after_step(self._boundary.guard("step", ended))

    def around_call(self, before: BeforeCall, after: AfterCall) -> None:
        """Have these called around every module's call, ahead of who hooked it first.

        `after` is called also where the call raises. Other than those of `on_call`, they stay on
        while paused.
        """
        self._patches.ignore_warning(_COMPILED)
        on = self._others
        on.append(register_module_forward_pre_hook(before))
        _put_first(on[-1])
        on.append(register_module_forward_hook(after, with_kwargs=True, always_call=True))

    def on_registration(self, registered: OnRegistration) -> None:
        """Have `registered(parent, [part], name)` called before a module is given a part."""
        notice = self._boundary.guard("registrations of modules and parameters", registered)
        for register in (
            register_module_module_registration_hook,
            register_module_parameter_registration_hook,
        ):
            self._others.append(register(lambda m, name, part: notice(m, [part], name)))

    def on_call(self, before: BeforeCall, after: AfterCall) -> None:
        """Have these called around every module's call, as torch calls them, until a pause.

        They must be quick, and keep their own errors in: there is no boundary around them.
        """
        self._calls = before, after
        self._patches.ignore_warning(_COMPILED)
        self._patches.on_close(self.pause)
        self.resume()

    def resume(self) -> None:
        """Hook the calls: even a hook that does nothing slows down every module's call."""
        if self._calls is not None and not self._handles:
            before, after = self._calls
            self._handles.append(register_module_forward_pre_hook(before))
            self._handles.append(register_module_forward_hook(after, with_kwargs=True))

    def pause(self) -> None:
        """Take the hooks on calls off."""
        _remove_from_calls(self._handles)
        self._handles = []

    def _before_step(self, before: Callable[..., None]) -> RemovableHandle:
        hook = register_optimizer_step_pre_hook
        # Nothing stands between, where a signal's handler could raise and the hook stay for good.
        self._others.append(hook(lambda optimizer, args, kwargs: before(optimizer)))
        return self._others[-1]

    def _after_step(self, after: Callable[..., None]) -> None:
        hook = register_optimizer_step_post_hook
        self._others.append(hook(lambda optimizer, args, kwargs: after(optimizer)))

    def _remove_others(self) -> None:
        _remove_from_calls(self._others)
        self._others = []


def _remove_from_calls(handles: Iterable[RemovableHandle]) -> None:
    """Take hooks on modules' calls off, with what torch leaves behind."""
    rest = [vars(torch_module).get(name, {}) for name in _LEFT_BEHIND]
    for handle in handles:
        handle.remove()
        for left in rest:
            left.pop(handle.id, None)


def _put_first(handle: RemovableHandle) -> None:
    hooks = handle.hooks_dict_ref()
    if hooks is not None:
        hooks.move_to_end(handle.id, last=False)
