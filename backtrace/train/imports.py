"""Finds a class of the user's by `package.module:Name`, looking beside the config first."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from backtrace.train.problems import Problems, first_line, suggest

T = TypeVar("T")


def import_class(
    problems: Problems, key: str, spec: str, folder: Path, parent: type[T]
) -> type[T] | None:
    """Return the subclass of `parent` that `spec` names, or write down why there is none.

    Importing runs the module, as `import` does; nothing in it is called here.
    """
    module_name, _, name = spec.partition(":")
    try:
        with first_on_path(folder):
            module = importlib.import_module(module_name)
    except Exception as error:  # the user's module may raise anything
        said = f"{type(error).__name__}: {first_line(error)}"
        problems.add(
            key,
            f"importing {module_name} failed: {said}",
            f"it is looked for in {folder}, then among the installed packages",
        )
        return None
    if stranger := _shadowed(module_name, folder):
        problems.add(
            key,
            f"{module_name} was taken from {stranger}, not from {folder}",
            "a module of that name is loaded already; rename the one beside the config",
        )
        return None
    found = getattr(module, name, None)
    if found is None:
        classes = [n for n, value in vars(module).items() if inspect.isclass(value)]
        problems.add(key, f"{module_name} has no {name!r}", suggest(name, classes))
        return None
    if not (inspect.isclass(found) and issubclass(found, parent)):
        wanted = f"{parent.__module__}.{parent.__name__}"
        problems.add(
            key, f"{spec} is no subclass of {wanted}", f"name a class that inherits {wanted}"
        )
        return None
    return found


@contextmanager
def first_on_path(folder: Path) -> Iterator[None]:
    """Put `folder` first among the places that `import` looks in, for as long as this lasts."""
    before = list(sys.path)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = before


def _shadowed(module_name: str, folder: Path) -> str:
    """Return the file a module was taken from if another one stands in `folder`, else nothing."""
    stem = folder.joinpath(*module_name.split("."))
    beside = [p for p in (stem.with_name(stem.name + ".py"), stem / "__init__.py") if p.is_file()]
    file = getattr(sys.modules[module_name], "__file__", None)
    if not beside or (file and Path(file).resolve() in [p.resolve() for p in beside]):
        return ""
    return file or "Python itself"
