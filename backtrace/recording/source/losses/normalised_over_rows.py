"""Vectors that `F.normalize` took over axis 0, and that are then compared row by row."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, assigned_pairs, called_name, words_of
from backtrace.recording.source.walks import walk

_TURNED = frozenset({"T", "mT", "t", "transpose", "permute", "swapaxes"})
_PRODUCTS = frozenset({"mm", "matmul"})
_WEIGHTS = frozenset({"weight", "weights", "w", "prototypes", "prototype", "centers", "kernel"})


def find_normalised_over_rows(scope: Scope) -> Iterator[Slip]:
    """Give each `F.normalize(x, dim=0)` whose rows are multiplied with others, or are apart.

    `a @ b.T` takes the product of each row with each, and so does a `cdist`; `a.T @ b` is the
    product of columns, which have a length of 1. Weights have a vector in each column.
    """
    calls = {
        id(node): node
        for node in scope.nodes()
        if isinstance(node, ast.Call) and _is_over_rows(node)
    }
    if not calls:
        return
    named = {
        target.id: value
        for node in scope.nodes()
        if isinstance(node, ast.Assign)
        for target, value in assigned_pairs(node)
        if isinstance(target, ast.Name) and id(value) in calls
    }
    uses = [use for node in scope.nodes() for use in _uses(node)]
    for call in calls.values():
        names = {name for name, value in named.items() if value is call}
        own = [
            is_row
            for value, is_row in uses
            if value is call or (isinstance(value, ast.Name) and value.id in names)
        ]
        if own and all(own):
            yield Slip(call.lineno, "normalised-over-rows", ast.unparse(call)[:LONGEST])


def _is_over_rows(node: ast.Call) -> bool:
    """Whether it is a call of `normalize` over axis 0 of what is no weight."""
    if called_name(node.func) != "normalize" or not node.args:
        return False
    axes = [each.value for each in node.keywords if each.arg == "dim"] or node.args[2:3]
    is_first = bool(axes) and isinstance(axes[0], ast.Constant) and axes[0].value == 0
    names = {
        each.id if isinstance(each, ast.Name) else each.attr
        for each in walk(node.args[0])
        if isinstance(each, ast.Name | ast.Attribute)
    }
    return is_first and not any(words_of(name) & _WEIGHTS for name in names)


def _uses(node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """Give what a product or a distance is of, and whether it is taken row by row."""
    match node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            yield from _of_product(left, right)
        case ast.Call(func=func, args=[left, right, *_]) if called_name(func) in _PRODUCTS:
            yield from _of_product(left, right)
        case ast.Call(func=func, args=[left, right, *_]) if called_name(func) == "cdist":
            yield left, True
            yield right, True


def _of_product(left: ast.expr, right: ast.expr) -> Iterator[tuple[ast.expr, bool]]:
    for value, is_left in ((left, True), (right, False)):
        inner, is_turned = _turned(_unscaled(value))
        yield inner, is_turned is not is_left


def _unscaled(value: ast.expr) -> ast.expr:
    """Return what is multiplied or divided by a number, or by a temperature."""
    match value:
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=inner):
            return inner
        case ast.BinOp(left=inner, op=ast.Mult() | ast.Div(), right=ast.Constant() | ast.Name()):
            return inner
    return value


def _turned(value: ast.expr) -> tuple[ast.expr, bool]:
    match value:
        case ast.Attribute(value=inner, attr=name) if name in _TURNED:
            return inner, True
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _TURNED:
            return inner, True
    return value, False
