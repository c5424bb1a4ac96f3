"""The divergence of a normal distribution from the standard one, as sums of a file have it."""

from __future__ import annotations

import ast

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.signed_uses import names_in

_TERMS = 4  # one, the logarithm of the variance, the squared mean and the variance


def sign_of_divergence(node: ast.expr) -> int:
    """Return -1 of `1 + log_var - mu**2 - exp(log_var)`, in any order, and 1 of minus that.

    It is minus twice a divergence; 0 where a sum is neither. The exponential is taken of what
    stands in the sum as well, whatever it is called, or of what is called a variance.
    """
    terms = signed_terms(node) if isinstance(node, ast.BinOp) else []
    ones = [sign for sign, term in terms if isinstance(term, ast.Constant) and term.value == 1]
    if len(terms) != _TERMS or len(ones) != 1 or sum(sign for sign, _ in terms) != 0:
        return 0
    one = ones[0]
    logs = {ast.unparse(term) for sign, term in terms if sign == one}
    others = [term for sign, term in terms if sign != one]
    has_square = any(squared_in(each) is not None for each in others)
    for term in others:
        spread = exponent_of(term)
        if spread is not None and (
            (has_square and ast.unparse(spread) in logs)
            or any("var" in word or "sig" in word for word in names_in(spread))
        ):
            return -one
    return 0


def kind_of_divergence(node: ast.expr) -> SlipKind:
    """Return what such a sum is called where its sign in a loss is wrong."""
    return "divergence" if sign_of_divergence(node) < 0 else "divergence-less"


def signed_terms(node: ast.expr) -> list[tuple[int, ast.expr]]:
    """Return what is added up, each with its sign."""
    found: list[tuple[int, ast.expr]] = []
    waiting: list[tuple[ast.expr, int]] = [(node, 1)]
    for part, sign in waiting:  # it grows
        match part:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                waiting += [(left, sign), (right, sign if isinstance(op, ast.Add) else -sign)]
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                waiting.append((inner, -sign))
            case _:
                found.append((sign, part))
    return found


def exponent_of(node: ast.expr) -> ast.expr | None:
    """Return what an exponential is taken of."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="exp"), args=[inner]):
            return inner
        case ast.Call(func=ast.Attribute(value=inner, attr="exp"), args=[], keywords=[]):
            return inner
        case ast.Call(func=ast.Name(id="exp"), args=[inner]):
            return inner
    return None


def squared_in(node: ast.expr) -> ast.expr | None:
    """Return what a square is of."""
    match node:
        case ast.BinOp(left=inner, op=ast.Pow(), right=ast.Constant(value=2)):
            return inner
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return left if ast.unparse(left) == ast.unparse(right) else None
        case (
            ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="square"), args=[inner])
            | ast.Call(func=ast.Attribute(value=inner, attr="square"), args=[])
            | ast.Call(
                func=ast.Attribute(value=ast.Name(id="torch"), attr="pow"),
                args=[inner, ast.Constant(value=2)],
            )
            | ast.Call(func=ast.Attribute(value=inner, attr="pow"), args=[ast.Constant(value=2)])
        ):
            return inner
    return None
