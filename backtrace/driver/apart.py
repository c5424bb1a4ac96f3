"""Two modules of one name: a script's own `yaml.py`, and the one that we import.

A script's folder is the first place that `import` looks in. What we have imported before would
stand in the way of a file there, which the script gets without us; and what we import later
would be taken from there, where it runs code of the user's and has nothing of what we need.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from backtrace.driver.shadows import find_shadows

_PACKAGE = __name__.partition(".")[0]
# Without these no torch is imported, nor any of us: a script that hides one is not helped. Python
# may have imported the first of them by itself.
_SHARED = frozenset(
    {
        "abc", "collections", "contextlib", "copyreg", "enum", "functools", "keyword", "numpy",
        "operator", "re", "reprlib", "torch", "types", "typing", "warnings", "weakref",
    }
)  # fmt: skip


class ModulesApart(MetaPathFinder):
    """Keeps the modules that a folder hides apart: the program's, and ours.

    While entered, `sys.modules` has the program's. Our modules are imported among ours, and
    whatever is called in an `ours()` block finds those.
    """

    def __init__(self, folder: str) -> None:
        self._folder = os.path.realpath(folder)
        self._names: frozenset[str] = frozenset()
        self._ours: dict[str, ModuleType] = {}
        self._is_ours = False

    def __enter__(self) -> ModulesApart:
        if not getattr(sys.flags, "safe_path", False):
            self._names = find_shadows(Path(self._folder)) - _SHARED - {_PACKAGE}
        if self._names:
            self._ours = self._take()
            sys.meta_path.insert(0, self)
        return self

    def __exit__(self, *exception: object) -> None:
        """Put ours back: the program is over, and we may go on in this process."""
        if not self._names:
            return
        self._take()
        sys.modules.update(self._ours)
        self._names = frozenset()
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    @contextmanager
    def ours(self) -> Iterator[None]:
        """Have our modules where `import` looks, and the program's folder not."""
        if self._is_ours or not self._names:
            yield
            return
        theirs, path = self._take(), sys.path[:]
        sys.modules.update(self._ours)
        sys.path[:] = [each for each in path if each and _real(each) != self._folder]
        self._is_ours = True
        try:
            yield
        finally:
            self._is_ours = False
            self._ours = self._take()
            sys.path[:] = path
            sys.modules.update(theirs)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module of ours as the import system does, and have it run among ours."""
        if self._is_ours or fullname.partition(".")[0] != _PACKAGE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        loader = None if spec is None else spec.loader
        if loader is not None:
            run: Callable[[ModuleType], None] = loader.exec_module

            def exec_module(module: ModuleType) -> None:
                del loader.exec_module
                with self.ours():
                    run(module)

            loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec

    def _take(self) -> dict[str, ModuleType]:
        """Take what is there of the hidden modules out of `sys.modules`."""
        there, inside = sys.modules, tuple(f"{each}." for each in self._names)
        known = [each for each in list(there) if each in self._names or each.startswith(inside)]
        return {each: there.pop(each) for each in known}


@cache
def _real(folder: str) -> str:
    return os.path.realpath(folder)
