"""Residuals that are added to themselves: what they should be added to was written over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope


def find_lost_residuals(scope: Scope) -> Iterator[Slip]:
    """Give each `x = x + x` of a `forward` right behind a call that made `x` of itself."""
    if getattr(scope.node, "name", "") != "forward":
        return
    for block in scope.blocks:
        for before, statement in pairwise(block):
            name = _doubled(statement)
            if name and _is_made_of_itself(before, name):
                yield Slip(statement.lineno, "doubled", name, ast.unparse(before)[:60])


def _doubled(statement: ast.stmt) -> str:
    """Return the name that a statement adds to itself; '' of any other statement."""
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.BinOp(op=ast.Add(), left=ast.Name(id=left), right=ast.Name(id=right)),
        ) if name == left == right:
            return name
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=ast.Name(id=added)) if (
            name == added
        ):
            return name
    return ""


def _is_made_of_itself(statement: ast.stmt, name: str) -> bool:
    """Whether a call is given what has a name, and what it returns takes that name."""
    match statement:
        case ast.Assign(targets=[target], value=ast.Call() as call):
            written = target.elts if isinstance(target, ast.Tuple) else [target]
            given = [*call.args, *(each.value for each in call.keywords)]
            return _has(written, name) and _has(given, name)
    return False


def _has(nodes: list[ast.expr], name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in nodes)
