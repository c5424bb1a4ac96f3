"""Docstrings that users are shown; `python -OO` leaves them out, the source has them."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from pathlib import Path

_GONE = "python -OO left this text out, and its source cannot be read."


def docstring_of(thing: type | Callable[..., object]) -> str:
    """Return the docstring of a class or function; one sentence where it is nowhere to be read."""
    return inspect.getdoc(thing) or _read(thing.__module__, thing.__name__)


def module_docstring_of(thing: Callable[..., object]) -> str:
    """Return the docstring of the module in which a function is defined, as `docstring_of` does."""
    return sys.modules[thing.__module__].__doc__ or _read(thing.__module__, None)


def _read(module: str, name: str | None) -> str:
    try:
        source = Path(sys.modules[module].__file__ or "").read_text(encoding="utf-8")
        found = ast.parse(source)
    except (KeyError, OSError, SyntaxError, ValueError):
        return _GONE
    if name is None:
        return ast.get_docstring(found) or _GONE
    for each in found.body:
        if isinstance(each, ast.FunctionDef | ast.ClassDef) and each.name == name:
            return ast.get_docstring(each) or _GONE
    return _GONE
