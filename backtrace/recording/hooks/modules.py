"""The hooks on modules: calls of `forward`, and modules that come into being.

They are torch's global ones, not the model's: a model that carries hooks of ours could no longer
be pickled or scripted, and a copy of it would keep them.
"""

from __future__ import annotations

import weakref
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

from backtrace.recording.hooks.error_boundary import Shield
from backtrace.recording.hooks.observer import Observer
from backtrace.recording.hooks.patches import Patches


class ModuleHooks:
    """Tells of every module's call in a few instructions, and of the models' in full."""

    def __init__(self, observer: Observer, shield: Shield, patches: Patches) -> None:
        self._observer = observer
        self._shield = shield
        self._patches = patches
        self._models: dict[int, weakref.ref[nn.Module]] = {}
        self._calls: list[Any] = []

    def install(self) -> None:
        """Register all hooks."""
        noticed = self._shield.guard(self._observer.module_registered)
        keep = self._patches.keep
        keep(register_module_module_registration_hook(lambda m, n, child: noticed(m, [child], n)))
        keep(register_module_parameter_registration_hook(lambda m, n, p: noticed(m, [p], n)))
        self._patches.wrap(nn.Module, "__setstate__", self._around_setstate, even_asleep=True)
        self._patches.ignore_warning(
            "Using `torch.compile\\(module\\)` when there are global hooks"
        )
        self._patches.callback(self.sleep)
        self.wake()

    def wake(self) -> None:
        """Hook the calls: even a hook that does nothing slows down every module's call."""
        if not self._calls:
            self._calls = [
                register_module_forward_pre_hook(self._before),
                register_module_forward_hook(self._after, with_kwargs=True),
            ]

    def sleep(self) -> None:
        """Take the hooks on calls off."""
        with_kwargs = vars(torch_module).get("_global_forward_hooks_with_kwargs", {})
        for handle in self._calls:
            handle.remove()
            with_kwargs.pop(handle.id, None)  # torch leaves that one behind
        self._calls = []

    def add(self, module: nn.Module) -> None:
        """Watch a model's calls from here on."""
        self._models[id(module)] = weakref.ref(module)

    def _around_setstate(self, original: Any, module: Any, state: Any) -> Any:
        """A copied or unpickled module comes into being without any registration."""
        result = original(module, state)
        self._shield.tell(self._observer.module_registered, module, list(module.children()))
        return result

    def _is_model(self, module: nn.Module) -> bool:
        known = self._models.get(id(module))
        return known is not None and known() is module

    def _before(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        is_ours = not torch.compiler.is_compiling() and self._is_model(module)
        if is_ours and not self._shield.is_elsewhere():
            self._shield.tell(self._observer.forward_began, module, args)

    def _after(
        self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any
    ) -> None:
        if torch.compiler.is_compiling() or self._shield.is_away():
            return
        if self._is_model(module):
            is_enabled = torch.is_grad_enabled()
            tell = self._shield.tell
            tell(self._observer.forward_ended, module, (args, kwargs), output, is_enabled)
        self._shield.tell_quickly(self._observer.module_called, module, output)
