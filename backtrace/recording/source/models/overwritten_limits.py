"""Limits that are overwritten with what was limited by them: the decay of an average, as a rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import Function, own_nodes, walk


def find_overwritten_limits(scope: Scope) -> Iterator[Slip]:
    """Give `x = min(x, (1 + n) / (10 + n))` in a loop, and of an attribute in a method.

    The other side rises with n: what was the limit stays at the smallest, which came first.
    """
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self")) as target]):
                if scope.name == "__init__":
                    continue
                value = _follow(node.value, scope)
            case ast.Assign(targets=[ast.Name() as target]):
                value = node.value
            case _:
                continue
        limit = ast.unparse(target)
        rising = _find_rising(value, limit)
        if rising is not None and (isinstance(target, ast.Attribute) or _is_kept(node, scope)):
            yield Slip(node.lineno, "limit", limit, ast.unparse(rising)[:LONGEST])


def _is_kept(node: ast.Assign, scope: Scope) -> bool:
    """Whether a loop writes to a variable here, and nowhere else."""
    loops = (each for each in scope.nodes() if isinstance(each, ast.For | ast.While))
    around = [loop for loop in loops if any(each is node for each in own_nodes(loop))]
    return bool(around) and _count_writes(around[-1], ast.unparse(node.targets[0])) == 1


def _count_writes(loop: ast.For | ast.While, name: str) -> int:
    return sum(
        isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id == name
        for each in own_nodes(loop)
    )


def _follow(value: ast.expr, scope: Scope) -> ast.AST:
    """Return the method that a value is asked of, or the value."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            if name in scope.defined:
                methods = (each for each in walk(scope.tree) if isinstance(each, Function))
                return [each for each in methods if each.name == name][-1]
    return value


def _find_rising(value: ast.AST, limit: str) -> ast.expr | None:
    """Return what the smaller one of a limit and something that rises to 1 is taken with."""
    if not any(isinstance(each, ast.Name) and each.id == "min" for each in walk(value)):
        return None
    named = {
        each.targets[0].id: each.value
        for each in walk(value)
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
    }
    for node in walk(value):
        match node:
            case ast.Call(func=ast.Name(id="min"), args=[one, other], keywords=[]):
                for side, beside in ((one, other), (other, one)):
                    is_named = isinstance(beside, ast.Name)
                    rising = named.get(ast.unparse(beside), beside) if is_named else beside
                    if ast.unparse(side) == limit and _rises(rising):
                        return rising
    return None


def _rises(node: ast.expr) -> bool:
    """Whether something is written as (a + n) / (b + n)."""
    match node:
        case ast.BinOp(
            left=ast.BinOp(op=ast.Add()) as over, op=ast.Div(), right=ast.BinOp(op=ast.Add()) as by
        ):
            return bool(_counts(over) & _counts(by))
    return False


def _counts(node: ast.BinOp) -> set[str]:
    sides = (node.left, node.right)
    return {ast.unparse(each) for each in sides if isinstance(each, ast.Name | ast.Attribute)}
