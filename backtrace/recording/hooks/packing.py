"""Tells when saved-tensor hooks come and go: what is saved under them must not be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.autograd.graph import saved_tensors_hooks

from backtrace.recording.hooks.error_boundary import Shield
from backtrace.recording.hooks.observer import Observer
from backtrace.recording.hooks.patches import Patches


class PackingPatches:
    """Wraps the context manager that hooks are put on with; checkpointing uses it as well.

    Unlike other wrappers this one tells in every thread, and also while nothing is read: a graph
    may be made then and walked later.
    """

    def __init__(self, observer: Observer, shield: Shield, patches: Patches) -> None:
        self._observer = observer
        self._shield = shield
        self._patches = patches

    def install(self) -> None:
        """Wrap its entry and its exit."""
        self._wrap("__enter__", self._observer.packing_began)
        self._wrap("__exit__", self._observer.packing_ended)

    def _wrap(self, name: str, notice: Callable[[], None]) -> None:
        original = getattr(saved_tensors_hooks, name)
        is_compiling, tell = torch.compiler.is_compiling, self._shield.tell_quickly

        def wrapper(*args: Any) -> Any:
            if not is_compiling():
                tell(notice)
            return original(*args)

        def restore() -> None:
            if vars(saved_tensors_hooks).get(name) is wrapper:
                setattr(saved_tensors_hooks, name, original)

        setattr(saved_tensors_hooks, name, wrapper)
        self._patches.callback(restore)
