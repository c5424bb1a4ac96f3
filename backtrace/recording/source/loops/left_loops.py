"""Loops that train and add up what they come to, and return it in their first turn."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import own_nodes

_TRAINING = frozenset({"backward", "step"})
_TAKES_IN = frozenset({"append", "add", "update"})


def find_left_loops(scope: Scope) -> Iterator[Slip]:
    """Give each `return` that ends the body of a `for` that trains, of what the loop adds up.

    One that adds up nothing may be meant to take one batch. Where a `continue` may come before the
    `return`, it is not met in every turn.
    """
    for loop in scope.nodes():
        if not isinstance(loop, ast.For) or not isinstance(loop.body[-1], ast.Return):
            continue
        last = loop.body[-1]
        inside = list(own_nodes(loop))
        calls = {called_name(each.func) for each in inside if isinstance(each, ast.Call)}
        is_whole = not any(isinstance(each, ast.Continue | ast.Yield) for each in inside)
        returned = {each.id for each in own_nodes(last) if isinstance(each, ast.Name)}
        added = {name for each in loop.body for name in _added_to(each)}
        if calls >= _TRAINING and is_whole and returned & added:
            yield Slip(last.lineno, "left", _short(last), _short(loop.iter))


def _added_to(node: ast.stmt) -> Iterator[str]:
    """Give what a statement adds to: `n` of `n += loss`, `meter` of `meter.update(loss)`."""
    match node:
        case ast.AugAssign(target=ast.Name(id=name)):
            yield name
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr))) if (
            attr in _TAKES_IN
        ):
            yield name


def _short(node: ast.AST) -> str:
    line = ast.unparse(node).splitlines()[0]
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
