"""Counts of an evaluation that are begun before the loop over epochs, and told in each of these."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.divided_sums import gone_over
from backtrace.recording.source.row_counts import rows_counted
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, opened
from backtrace.recording.source.walks import own_nodes


def find_stale_shares(scope: Scope) -> Iterator[Slip]:
    """Give each `right / rows` behind a loop over a loader, in a loop that begins neither anew.

    `rows` adds up the rows of each batch, and both begin with a number before the loop of epochs.
    """
    begun = _begun(scope)
    for epochs in scope.nodes():
        if not isinstance(epochs, ast.For) or gone_over(epochs.iter):
            continue
        stored = _stored_but_by_adding(epochs)
        statements = list(opened(epochs.body))
        for number, loop in enumerate(statements):
            if not isinstance(loop, ast.For) or not gone_over(loop.iter):
                continue
            added = _added(loop)
            kept = {name for name in added if begun.get(name, epochs.lineno) < epochs.lineno}
            stale = kept - stored
            yield from _shares(statements[number + 1 :], added, stale)


def _begun(scope: Scope) -> dict[str, int]:
    """Return the variables that an assignment begins with a number, with the last such line."""
    found: dict[str, int] = {}
    for node in scope.nodes():
        if isinstance(node, ast.Assign):
            for target, value in _pairs(node):
                if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                    found[target.id] = max(node.lineno, found.get(target.id, 0))
    return found


def _pairs(node: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    match node.targets, node.value:
        case [ast.Tuple(elts=targets)], ast.Tuple(elts=values) if len(targets) == len(values):
            return list(zip(targets, values, strict=True))
    return [(target, node.value) for target in node.targets]


def _stored_but_by_adding(loop: ast.For) -> set[str]:
    adding = {id(node.target) for node in own_nodes(loop) if isinstance(node, ast.AugAssign)}
    return {
        node.id
        for node in own_nodes(loop)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in adding
    }


def _added(loop: ast.For) -> dict[str, ast.expr]:
    """Return what a loop adds to, each with what it adds last."""
    return {
        node.target.id: node.value
        for node in own_nodes(loop)
        if isinstance(node, ast.AugAssign)
        and isinstance(node.op, ast.Add)
        and isinstance(node.target, ast.Name)
    }


def _shares(behind: list[ast.stmt], added: dict[str, ast.expr], stale: set[str]) -> Iterator[Slip]:
    for statement in behind:
        for node in (statement, *own_nodes(statement)):
            match node:
                case ast.BinOp(op=ast.Div(), left=left, right=ast.Name(id=rows)):
                    right = _counted(left)
                    is_share = right in added and rows in added and bool(rows_counted(added[rows]))
                    if is_share and right != rows and {right, rows} <= stale:
                        yield Slip(node.lineno, "stale-share", f"{right} / {rows}"[:LONGEST])
                        return


def _counted(node: ast.expr) -> str:
    """Return the count in `right`, `right.item()` or `100 * right`; '' of others."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.BinOp(op=ast.Mult(), left=ast.Constant(), right=inner):
            return _counted(inner)
        case ast.BinOp(op=ast.Mult(), left=inner, right=ast.Constant()):
            return _counted(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="item" | "float"), args=[]):
            return _counted(inner)
        case ast.Call(func=ast.Name(id="float"), args=[inner]):
            return _counted(inner)
    return ""
