"""The operators, one file a family of places in a loop."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from mutation.operator import Operator


def load_operators() -> list[Operator]:
    """Return all operators, in the order of their names."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    found = [each for module in modules for each in vars(module).values()]
    return sorted({each for each in found if isinstance(each, Operator)}, key=lambda o: o.name)
