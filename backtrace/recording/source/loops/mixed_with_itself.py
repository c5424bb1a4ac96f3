"""Values that are mixed with themselves, by a share and what is left of 1: they stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import walk

_PLAIN = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Slice, ast.Tuple, ast.UnaryOp,
    ast.USub, ast.BinOp, ast.operator, ast.expr_context,
)  # fmt: skip


def find_mixed_with_itself(scope: Scope) -> Iterator[Slip]:
    """Give each `a * x + (1 - a) * x`, in any form, of what is the same wherever it is read."""
    for node in scope.nodes():
        of = _mixed_in(node) if isinstance(node, ast.BinOp | ast.Call) else None
        if of is not None and _is_named(of) and isinstance(node, ast.expr):
            of_text, text = ast.unparse(of)[:LONGEST], ast.unparse(node)[:LONGEST]
            yield Slip(node.lineno, "mixed-with-itself", of_text, text)


def _mixed_in(node: ast.BinOp | ast.Call) -> ast.expr | None:
    """Return what an expression mixes with itself."""
    match node:
        case ast.BinOp(
            left=ast.BinOp(op=ast.Mult()) as one,
            op=ast.Add(),
            right=ast.BinOp(op=ast.Mult()) as other,
        ):
            for of, share in _factors(one):
                for again, rest in _factors(other):
                    if _is_one(of, again) and (_is_rest(share, rest) or _is_rest(rest, share)):
                        return of
        case ast.BinOp(left=of, op=ast.Add(), right=ast.BinOp(op=ast.Mult()) as product):
            for moved, _ in _factors(product):
                if _is_nothing(moved, of):
                    return of
        case ast.Call():
            return _mixed_by(node)
    return None


def _mixed_by(call: ast.Call) -> ast.expr | None:
    """Return what `lerp` mixes with itself, or `interp` between two ends."""
    if called_name(call.func) not in ("lerp", "lerp_", "interp"):
        return None
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="torch"), attr="lerp"), args=[of, end, *_]
        ):
            return of if _is_one(of, end) else None
        case ast.Call(func=ast.Attribute(value=of, attr="lerp" | "lerp_"), args=[end, *_]):
            return of if _is_one(of, end) else None
        case ast.Call(
            func=ast.Attribute(attr="interp"),
            args=[_, _, ast.List(elts=[of, end]) | ast.Tuple(elts=[of, end])],
        ):
            return of if _is_one(of, end) else None
    return None


def _is_nothing(node: ast.expr, of: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _is_one(left, right) and _is_one(left, of)
    return False


def _factors(product: ast.BinOp) -> tuple[tuple[ast.expr, ast.expr], ...]:
    return (product.left, product.right), (product.right, product.left)


def _is_one(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)


def _is_rest(share: ast.expr, rest: ast.expr) -> bool:
    """Whether a share is what is left of 1 by another, which is no number that is drawn anew."""
    match rest:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right):
            return _is_one(right, share) and _is_plain(share)
    return False


def _is_named(node: ast.expr) -> bool:
    """Whether something is a variable, an attribute or an item, whatever number it may be."""
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and _is_plain(node)


def _is_plain(node: ast.expr) -> bool:
    """Whether nothing is called in an expression."""
    return all(isinstance(each, _PLAIN) for each in walk(node))
