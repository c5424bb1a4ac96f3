"""Sums that weigh one and the same loss twice, by a weight and by what is left of 1."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope


def find_twin_terms(scope: Scope) -> Iterator[Slip]:
    """Give each `w * loss(out, y) + (1 - w) * loss(out, y)`, whose second target is the first."""
    for node in scope.nodes():
        match node:
            case ast.BinOp(
                left=ast.BinOp(op=ast.Mult()) as one, op=ast.Add(),
                right=ast.BinOp(op=ast.Mult()) as other,
            ):  # fmt: skip
                for weight, call in ((one.left, one.right), (one.right, one.left)):
                    if isinstance(call, ast.Call) and _is_rest_of(other, weight, call):
                        told = ast.unparse(call)[:LONGEST]
                        yield Slip(node.lineno, "twin", told, ast.unparse(weight)[:LONGEST])


def _is_rest_of(product: ast.BinOp, weight: ast.expr, call: ast.Call) -> bool:
    """Whether a product is that of the same call, and of 1 less the weight."""
    if len(call.args) < 2:
        return False
    for factor, same in ((product.left, product.right), (product.right, product.left)):
        if ast.dump(same) == ast.dump(call):
            return _is_rest(factor, weight)
    return False


def _is_rest(node: ast.expr, weight: ast.expr) -> bool:
    """Whether a factor is 1 less the weight."""
    match node:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right):
            return ast.dump(right) == ast.dump(weight)
    return False
