"""Weight decay that is added to gradients by hand with the wrong sign."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope

# What a factor is called that shrinks; a part along the values is another thing.
_RATES = ("decay", "wd", "l2", "lambda", "lmbd", "regular", "penalty")


def find_decay_signs(scope: Scope) -> Iterator[Slip]:
    """Give each line that takes a multiple of a tensor away from the gradient of that tensor.

    `p.grad -= decay * p`, and the same by `sub_`, by `add_` with a negative `alpha` or factor, or
    with a difference that is assigned.
    """
    for node in scope.nodes():
        match node:
            case ast.AugAssign(op=ast.Sub(), target=target, value=value):
                owner = _owner_of_grad(target)
                is_wrong = owner and _is_multiple(value, owner)
            case ast.Assign(
                targets=[target], value=ast.BinOp(ast.expr() as first, ast.Sub(), value)
            ):
                owner = _owner_of_grad(target)
                is_wrong = owner and _owner_of_grad(first) == owner and _is_multiple(value, owner)
            case ast.Call(func=ast.Attribute(value=target, attr="sub_" | "add_" as called)):
                owner = _owner_of_grad(target)
                is_wrong = owner and _takes_away(node, called, owner)
            case _:
                continue
        if owner and is_wrong:
            yield Slip(node.lineno, "decay", owner, ast.unparse(node)[:LONGEST])


def _takes_away(call: ast.Call, called: str, owner: str) -> bool:
    """Whether an in-place sum takes a multiple of the owner away."""
    alpha = next((each.value for each in call.keywords if each.arg == "alpha"), None)
    match call.args:
        case [factor, value]:  # as it was written before torch 1.5
            is_away = called == "add_" and _is_negative(factor) and _is_rate(factor)
            return is_away and _is_tensor(value, owner)
        case [value] if alpha is not None:
            is_away = _is_negative(alpha) if called == "add_" else not _is_negative(alpha)
            return is_away and _is_tensor(value, owner) and _is_rate(alpha)
        case [ast.UnaryOp(op=ast.USub(), operand=value)]:
            return called == "add_" and _is_multiple(value, owner)
        case [value]:
            is_away = _starts_negative(value) if called == "add_" else not _starts_negative(value)
            return is_away and _is_multiple(value, owner)
    return False


def _owner_of_grad(node: ast.expr) -> str:
    """Return how the tensor is written whose `.grad` this is, or `.grad.data`; '' of another."""
    if isinstance(node, ast.Attribute) and node.attr == "data":
        node = node.value
    return (
        ast.unparse(node.value) if isinstance(node, ast.Attribute) and node.attr == "grad" else ""
    )


def _is_multiple(node: ast.expr, owner: str) -> bool:
    """Whether it is a product of the tensor itself and of factors that are rates of decay."""
    factors = _factors(node)
    rates = [each for each in factors if not _is_tensor(each, owner)]
    return len(factors) - len(rates) == 1 and bool(rates) and all(map(_is_rate, rates))


def _factors(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def _is_rate(node: ast.expr) -> bool:
    """Whether it is a number, or is called as a rate of decay is, and no share of a gradient."""
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    match node:
        case ast.Constant(value=float() | int()):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return any(word in name.lower() for word in _RATES)
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return any(word in name.lower() for word in _RATES)
    return False


def _is_tensor(node: ast.expr, owner: str) -> bool:
    return ast.unparse(node) in (owner, f"{owner}.data", f"{owner}.detach()")


def _is_negative(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _starts_negative(node: ast.expr) -> bool:
    """Whether the first factor of a product is negative: `-decay * p`."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        node = node.left
    return _is_negative(node)
