"""Focal losses of two terms that have the same weight, where each has a side of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.policies.discounted_sums import factors_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Given, Scope, given_once
from backtrace.recording.source.walks import walk


def find_focal_negatives(scope: Scope) -> Iterator[Slip]:
    """Give each `(1 - p) ** gamma * log(1 - p)` of a function that has the like for `log(p)`.

    What is sure to be no object, `p` near 0, is easy there: its weight is to be `p ** gamma`.
    """
    given = given_once(scope)
    right: set[str] = set()
    wrong: dict[int, tuple[str, Slip]] = {}
    for node in scope.nodes():
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)):
            continue
        factors = factors_of(node)
        logs = [found for each in factors if (found := _logarithm_of(each)) is not None]
        powers = [found for each in factors if (found := _power_of(each, given)) is not None]
        if len(logs) != 1 or len(powers) != 1:
            continue
        chance, base = _plain(logs[0]), _plain(powers[0])
        if base == f"1 - {chance}":
            right.add(chance)
        elif chance.startswith("1 - ") and base == chance:
            name = chance.removeprefix("1 - ")[:LONGEST]
            slip = Slip(node.lineno, "focal-negatives", ast.unparse(powers[0])[:LONGEST], name)
            wrong.setdefault(slip.line, (name, slip))
    yield from (slip for name, slip in wrong.values() if name in right)


def _logarithm_of(factor: ast.expr) -> ast.expr | None:
    for node in walk(factor):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="log"), args=[inner]):
                return inner
            case ast.Call(func=ast.Attribute(value=inner, attr="log"), args=[]):
                return inner
    return None


def _power_of(factor: ast.expr, given: Given) -> ast.expr | None:
    if isinstance(factor, ast.UnaryOp):
        factor = factor.operand
    if isinstance(factor, ast.Name) and factor.id in given:
        factor = given[factor.id]
    match factor:
        case ast.BinOp(left=base, op=ast.Pow()):
            return base
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="pow"), args=[base, _]):
            return base
        case ast.Call(func=ast.Attribute(value=base, attr="pow"), args=[_]):
            return base
    return None


def _plain(node: ast.expr) -> str:
    """Return how something is written, without a small number that is added, or a clamp."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant() | ast.Name(id="eps")):
            return _plain(left)
        case ast.Call(func=ast.Attribute(value=inner, attr="clamp" | "clamp_min")):
            return _plain(inner)
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right):
            return f"1 - {_plain(right)}"
    return ast.unparse(node)
