"""Our modules stay the ones that they are, also where a program takes them out of `sys.modules`.

Programs that load their own modules anew put `sys.modules` back as it was before. What of ours
was imported meanwhile would be imported a second time then, and know of nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_PACKAGE = __name__.partition(".")[0]


class OwnModules(MetaPathFinder, Loader):
    """Finds the modules of ours that are gone; put on while torch's functions call one of them."""

    def __init__(self) -> None:
        self._kept: dict[str, ModuleType] = {}
        self._specs: dict[str, ModuleSpec | None] = {}

    def put_on(self) -> None:
        """Begin to keep them."""
        if self not in sys.meta_path:
            self._keep()
            sys.meta_path.insert(0, self)

    def take_off(self) -> None:
        """Keep them no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        self._kept.clear()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what gives the module that there was; None where there was none."""
        if fullname.partition(".")[0] != _PACKAGE:
            return None
        self._keep()
        if fullname not in self._kept or fullname in sys.modules:
            return None
        is_package = hasattr(self._kept[fullname], "__path__")
        return ModuleSpec(fullname, self, is_package=is_package)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module as it is."""
        module = self._kept[spec.name]
        self._specs[spec.name] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is run a second time; the import has only put a spec of its own in its place."""
        module.__spec__ = self._specs.pop(module.__name__, module.__spec__)

    def _keep(self) -> None:
        for name, module in sys.modules.copy().items():
            if name.startswith(_PACKAGE) and name.partition(".")[0] == _PACKAGE:
                self._kept.setdefault(name, module)
