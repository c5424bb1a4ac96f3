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
    """Knows the parts of known models that were called alone, by the `ids` of all that were found.

    Which part a module is holds until models are others.
    """

    def __init__(self, register: Register) -> None:
        self.ids: set[int] = set()
        self._register = register
        self._version = -1
        self._parts: dict[int, tuple[weakref.ref[nn.Module], LonePart | None]] = {}
        self._first: dict[str, str] = {}  # of each model

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

    def add(self, module: nn.Module, part: LonePart) -> bool:
        """Take in a part; whether it is the first of its model, which is given the data."""
        self.ids.add(id(module))
        self._register.models.lone[id(module)] = part.name, weakref.ref(module)
        return self._first.setdefault(part.prefix, part.path) == part.path

    def _find(self, module: nn.Module) -> LonePart | None:
        if not any(True for _ in module_tree.parameters(module)):
            return None
        for prefix, model in self._register.models:
            for path, part in module_tree.named_modules(model):
                if part is module:
                    return LonePart(prefix, path) if self._has_room(module, model) else None
        return None

    def _has_room(self, module: nn.Module, model: nn.Module) -> bool:
        if id(module) in self.ids:
            return True
        return sum(id(part) in self.ids for part in module_tree.modules(model)) < _MOST
