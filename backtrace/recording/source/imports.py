"""What a file imports, and what a name of it stands for in full."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.walks import walk

LIGHTNING = frozenset({"lightning", "pytorch_lightning"})


@lru_cache(maxsize=2)
def imported(tree: ast.Module) -> tuple[tuple[str, str], ...]:
    """Return what a file imports, in full, and the name by which it has it."""
    return tuple(_imported(tree))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in walk(tree):
        match node:
            case ast.Import(names=names):
                for each in names:
                    top = each.name.partition(".")[0]
                    yield each.name if each.asname else top, each.asname or top
            case ast.ImportFrom(module=str(module), names=names):
                for each in names:
                    yield f"{module}.{each.name}", each.asname or each.name


@lru_cache(maxsize=2)
def packages_in(tree: ast.Module) -> frozenset[str]:
    """Return the packages that a file imports, or imports something of."""
    return frozenset(full.partition(".")[0] for full, _ in imported(tree))


def full_name(func: ast.expr, tree: ast.Module) -> str:
    """Return a name in full: `lightning.pytorch.Trainer` of `pl.Trainer`; '' if not imported."""
    match func:
        case ast.Name(id=name):
            return _known(tree).get(name, "")
        case ast.Attribute(value=inner, attr=attr):
            before = full_name(inner, tree)
            return f"{before}.{attr}" if before else ""
    return ""


@lru_cache(maxsize=2)
def _known(tree: ast.Module) -> dict[str, str]:
    return {name: full for full, name in imported(tree)}
