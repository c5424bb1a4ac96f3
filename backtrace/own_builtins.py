"""Our modules go on with Python's own functions, also where a program replaces them for all.

A script may put its own `len` or `open` into `builtins`, to count, to forbid, or for a test. What
we do must not come to such a function: it would run where it does not run bare.
"""

from __future__ import annotations

import builtins
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_PACKAGE = __name__.partition(".")[0] + "."
# A lesson asks whoever sits there, by the `input` that a notebook puts in place.
_LEFT_OUT = f"{_PACKAGE}learn"
_OWN = dict(vars(builtins))


class _Loader(SourceFileLoader):
    """Loads a module whose functions find builtins as they were when we were imported."""

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = _OWN
        super().exec_module(module)


class _Finder:
    """Finds our modules as Python would."""

    @staticmethod
    def find_spec(
        fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(_PACKAGE) or fullname.startswith(_LEFT_OUT):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def keep_builtins() -> None:
    """Have all modules of ours that are imported from here on keep Python's own functions."""
    sys.meta_path.insert(0, _Finder)
