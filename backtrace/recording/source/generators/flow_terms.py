"""The terms of a likelihood or of a log-determinant, each with its sign."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.loss_terms import DEEPEST
from backtrace.recording.source.source_file import word_set
from backtrace.recording.source.walks import walk

Terms = list[tuple[int, ast.expr]]
# What changes neither the sign of something nor what it is, but for how much is summed.
PASSING = word_set(
    "mean sum view reshape flatten squeeze unsqueeze expand expand_as stack sum_except_batch to"
)


def terms_of(node: ast.expr, values: LastGiven, sign: int = 1, most: int = DEEPEST) -> Terms:
    """Return what an expression is the sum of, each with its sign; names are followed to sums."""
    parts = _parts(node, values) if most else None
    if parts is None:
        return [(sign, node)]
    return [each for own, part in parts for each in terms_of(part, values, sign * own, most - 1)]


def _parts(node: ast.expr, values: LastGiven) -> Terms | None:
    """Return what an expression is the sum of, or stands for; None of what is neither."""
    match node:
        case ast.Name():
            given = values.follow(node)
            is_one = given is not node and (
                isinstance(given, ast.Name) or _parts(given, values) is not None
            )
            return [(1, given)] if is_one else None
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return [(-1, inner)]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            return [(1, left), (1 if isinstance(op, ast.Add) else -1, right)]
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            weighed = [(_sign_of_weight(left), right), (_sign_of_weight(right), left)]
            return [each for each in weighed if each[0]][:1] or None
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant() | ast.Name() | ast.Call()):
            return [(1, left)]
    behind = _passed_on(node) if isinstance(node, ast.Call) else None
    return None if behind is None else [(1, behind)]


def _passed_on(call: ast.Call) -> ast.expr | None:
    """Return what is summed, averaged or given another shape."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name), args=[inner, *_]):
            return inner if name in PASSING else None
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in PASSING:
            return inner
        case ast.Call(func=ast.Name(id="sum" | "sum_except_batch"), args=[inner, *_]):
            return inner
    return None


def _sign_of_weight(node: ast.expr) -> int:
    """Return the sign of a number; that of a mask is 1, and 0 of anything else."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_sign_of_weight(inner)
        case ast.Constant(value=int() | float() as number):
            return 1 if number > 0 else -1 if number < 0 else 0
    return int(any("mask" in name for name in _names(node)))


def _names(node: ast.AST) -> Iterator[str]:
    for each in walk(node):
        match each:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
