"""Which part of which model a module is that is called alone, as a GAN's judge may be."""

from __future__ import annotations

import weakref
from typing import NamedTuple

from torch import nn

from backtrace.as_data import attributes_of
from backtrace.explain.graph import module_tree
from backtrace.recording.tensors.tracked import Register

_MOST = 8  # parts of a model; a loop of the script's through more is no call of one


class LonePart(NamedTuple):
    """A part of a known model: the prefix of the model's parameters, and the way from there."""

    prefix: str
    path: str

    @property
    def name(self) -> str:
        """What it is called in events."""
        return f"{self.prefix or 'model.'}{self.path}"


class LoneParts:
    """Knows the parts of known models that were asked for, until models are others."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._version = -1
        self._parts: dict[int, tuple[weakref.ref[nn.Module], LonePart | None]] = {}

    def find(self, module: nn.Module) -> LonePart | None:
        """Return which part of a known model `module` is; None for a layer, which has no parts."""
        if not attributes_of(module).get("_modules"):
            return None
        if self._version != self._register.version:
            self._version = self._register.version
            self._parts.clear()
        known = self._parts.get(id(module))
        if known is None or known[0]() is not module:
            known = self._parts[id(module)] = weakref.ref(module), self._find(module)
        return known[1]

    def name_of(self, module: int) -> str:
        """Return the name of a part that was found, by its id."""
        part = self._parts[module][1] if module in self._parts else None
        return part.name if part is not None else ""

    def _find(self, module: nn.Module) -> LonePart | None:
        if not any(True for _ in module_tree.parameters(module)):
            return None
        for prefix, model in self._register.models:
            for path, part in module_tree.named_modules(model):
                if part is module:
                    return LonePart(prefix, path) if self._has_room(prefix) else None
        return None

    def _has_room(self, prefix: str) -> bool:
        found = (part for _, part in self._parts.values() if part and part.prefix == prefix)
        return sum(True for _ in found) < _MOST
