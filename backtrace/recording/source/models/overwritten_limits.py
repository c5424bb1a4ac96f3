"""Limits that are overwritten with what was limited by them: the decay of an average, as a rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Given, Scope, given_once, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_COUNTERS = word_set("step steps updates update iter iteration iterations n t num count")


def find_overwritten_limits(scope: Scope) -> Iterator[Slip]:
    """Give `x = min(x, (1 + n) / (10 + n))` in a loop, and of an attribute in a method.

    The other side rises with n: what was the limit stays at the smallest, which came first. Of
    `x = 1 - min(x, …)` it settles where it is what it is taken from, at a half.
    """
    given = given_once(scope)
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
        rising = _find_rising(value, limit, given)
        if rising is not None and (isinstance(target, ast.Attribute) or _is_kept(node, scope)):
            kind: SlipKind = "limit-from-one" if _is_from_one(value) else "limit"
            yield Slip(node.lineno, kind, limit, ast.unparse(rising)[:LONGEST])


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


def _is_from_one(value: ast.AST) -> bool:
    match value:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=ast.Call()):
            return True
    return False


def _find_rising(value: ast.AST, limit: str, given: Given) -> ast.expr | None:
    """Return what the smaller one of a limit and something that rises to 1 is taken with."""
    if not any(isinstance(each, ast.Name) and each.id == "min" for each in walk(value)):
        return None
    named = given | {
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
    """Whether something is written as (a + n) / (b + n), or as 1 less what falls with a counter."""
    match node:
        case ast.BinOp(
            left=ast.BinOp(op=ast.Add()) as over, op=ast.Div(), right=ast.BinOp(op=ast.Add()) as by
        ):
            return bool(_counts(over) & _counts(by))
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=falling):
            return _falls(falling)
    return False


def _falls(node: ast.expr) -> bool:
    """Whether something is a quotient by a counter, or a power or an exponential of minus one."""
    match node:
        case ast.BinOp(left=ast.Constant(), op=ast.Div(), right=by):
            return _has_counter(by)
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):
            return _has_counter(base)
        case ast.Call(func=ast.Attribute(attr="exp"), args=[ast.BinOp(left=ast.UnaryOp()) as by]):
            return isinstance(by.op, ast.Div) and _has_counter(by.left)
    return False


def _has_counter(node: ast.expr) -> bool:
    names = (each for each in walk(node) if isinstance(each, ast.Name | ast.Attribute))
    return any(
        words_of(each.id if isinstance(each, ast.Name) else each.attr) & _COUNTERS for each in names
    )


def _counts(node: ast.BinOp) -> set[str]:
    sides = (node.left, node.right)
    return {ast.unparse(each) for each in sides if isinstance(each, ast.Name | ast.Attribute)}
