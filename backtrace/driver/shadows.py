"""Files beside a script that hide modules of others: `yaml.py`, `queue.py`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.machinery import FrozenImporter, PathFinder, all_suffixes
from pathlib import Path


def find_shadows(folder: Path) -> frozenset[str]:
    """Return the modules in a folder that hide others, where it is the first place to look in.

    What Python has built in or frozen comes before any folder, and is hidden by none.
    """
    elsewhere = [each for each in sys.path if Path(each or os.curdir).resolve() != folder]
    return frozenset(name for name in _modules(folder) if _may_be_hidden(name, elsewhere))


def _may_be_hidden(name: str, elsewhere: list[str]) -> bool:
    if name in sys.builtin_module_names or FrozenImporter.find_spec(name) is not None:
        return False
    spec = PathFinder.find_spec(name, elsewhere)
    return spec is not None and spec.loader is not None  # a folder alone is hidden by nobody


def _modules(folder: Path) -> set[str]:
    """Return the names of the modules and packages that stand in a folder."""
    found = set()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name, _, suffix = entry.name.partition(".")
            if not name.isidentifier():
                continue
            is_package = not suffix and (Path(entry.path) / "__init__.py").is_file()
            if is_package or f".{suffix}" in all_suffixes():
                found.add(name)
    return found
