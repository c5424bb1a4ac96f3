"""Dueling networks that take the mean of the advantages over all rows of a batch."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import Function, walk

_GAINS = word_set("a adv advs advantage advantages")
_VALUES = word_set("v val value values vals baseline")
_SHAPING = word_set("expand expand_as unsqueeze view reshape repeat")
# What is called with axis 1 where there are rows.
_OF_ROWS = word_set("gather max argmax amax flatten")


def find_dueling_means(scope: Scope) -> Iterator[Slip]:
    """Give each `value + advantage - advantage.mean()` of a function, whose mean is of one number.

    A mean over axis 0, which is that of the rows, is the same. The layer that gives one of both may
    be called in the sum itself, and names say which is which. `every` is 1 where the file has
    something go over axis 1: a state by itself has none.
    """
    if not isinstance(scope.node, Function):
        return
    values = LastGiven(scope.tree, scope.node)
    told: set[int] = set()
    for node in scope.nodes():
        if isinstance(node, ast.BinOp) and node.lineno not in told:
            found = _read_sum(node, values)
            if found is not None:
                told.add(node.lineno)
                gains, mean = (ast.unparse(each)[:LONGEST] for each in found)
                every = int(any(map(_goes_over_axis_1, walk(scope.tree))))
                yield Slip(node.lineno, "dueling", gains, mean, every)


def _read_sum(node: ast.BinOp, values: LastGiven) -> tuple[ast.expr, ast.expr] | None:
    """Return the advantages of a dueling sum, and their mean, where that is over the rows."""
    added, taken = _terms(node, 1)
    if len(added) != 2 or len(taken) != 1:
        return None
    mean = values.follow(taken[0])
    averaged = _averaged(mean)
    for gains, value in (added, added[::-1]):
        is_one = averaged is not None and ast.dump(_bare(averaged)) == ast.dump(_bare(gains))
        if is_one and _is_called(gains, _GAINS) and _is_called(value, _VALUES):
            return _bare(gains), mean
    return None


def _terms(node: ast.expr, sign: int) -> tuple[list[ast.expr], list[ast.expr]]:
    """Return what a sum adds, and what it takes away."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            one = _terms(left, sign)
            other = _terms(right, sign if isinstance(op, ast.Add) else -sign)
            return one[0] + other[0], one[1] + other[1]
    return ([node], []) if sign > 0 else ([], [node])


def _bare(node: ast.expr) -> ast.expr:
    """Return an expression without what gives it another shape."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SHAPING:
            return _bare(inner)
    return node


def _averaged(node: ast.expr) -> ast.expr | None:
    """Return what is averaged over all of a batch, or over its rows; None of anything else."""
    match _bare(node):
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name), args=[of, *rest]):
            words = node.keywords if isinstance(node, ast.Call) else []
            return of if name == "mean" and _is_over_rows(rest, words) else None
        case ast.Call(func=ast.Attribute(value=of, attr=name), args=rest, keywords=words):
            return of if name == "mean" and _is_over_rows(rest, words) else None
    return None


def _is_over_rows(args: list[ast.expr], words: list[ast.keyword]) -> bool:
    """Whether no axis is given, or that of the rows."""
    axes = args + [each.value for each in words if each.arg in ("dim", "axis")]
    if not axes:
        return not any(each.arg is None for each in words)
    return isinstance(axes[0], ast.Constant) and axes[0].value == 0


def _is_called(node: ast.expr, said: frozenset[str]) -> bool:
    """Whether a name, or that of the layer which is called, is one of these."""
    bare = _bare(node)
    match bare:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool(words_of(name) & said)
        case ast.Call(func=func):
            return bool(words_of(called_name(func)) & said)
    return False


def _goes_over_axis_1(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or called_name(node.func) not in _OF_ROWS:
        return False
    axes = [*node.args[:2], *(each.value for each in node.keywords if each.arg in ("dim", "axis"))]
    return any(isinstance(each, ast.Constant) and each.value == 1 for each in axes)
