"""The scripts of a folder that train: told by their text, none of them is run for it."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

_LARGEST = 1_000_000  # bytes; what is larger was not written by hand
_IMPORTS = re.compile(
    r"^\s*(?:import|from)\s+(?:torch|lightning|pytorch_lightning|transformers|accelerate|ignite|"
    r"skorch|fastai|timm)\b",
    re.MULTILINE,
)
_TRAINS = re.compile(r"\.backward\(|\boptim\b|\.fit\(|\.step\(|Trainer\b|\bAccelerator\b")
_NO_SCRIPTS = re.compile(r"(?:test_.*|.*_test|conftest|setup|noxfile|__init__)\.py")


def scripts_in(folder: Path) -> list[Path]:
    """Return the scripts under a folder that train when they are run, sorted.

    Left out are modules that only define things, tests, and what lies in hidden folders.
    """
    return sorted(path for path in _files(folder) if _is_training(path))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder).parts
        is_hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if not is_hidden and not _NO_SCRIPTS.fullmatch(path.name) and path.is_file():
            yield path


def _is_training(path: Path) -> bool:
    try:
        if path.stat().st_size > _LARGEST:
            return False
        text = path.read_text(encoding="utf-8", errors="replace")
        if not (_IMPORTS.search(text) and _TRAINS.search(text)):
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(map(_does_something, tree.body))


def _does_something(node: ast.stmt) -> bool:
    """Whether a statement of a module is more than a definition or a setting."""
    match node:
        case ast.For() | ast.While() | ast.With():
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name())):  # main(), train(model)
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))):
            return name in {"fit", "train", "backward", "step", "run"}
    return False
