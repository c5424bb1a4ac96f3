"""The operators, one file a family of places in a loop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from mutation import held_out
from mutation.operator import Operator


def load_operators() -> list[Operator]:
    """Return all operators, those that are held out as well, in the order of their names."""
    apart = [replace(each, is_held_out=True) for each in _find_in(held_out)]
    return sorted([*_find_in(import_module(__name__)), *apart], key=lambda each: each.name)


def _find_in(package: ModuleType) -> Iterator[Operator]:
    for found in iter_modules(package.__path__, f"{package.__name__}."):
        values = vars(import_module(found.name)).values()
        yield from (each for each in values if isinstance(each, Operator))
