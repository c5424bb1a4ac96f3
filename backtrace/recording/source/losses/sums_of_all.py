"""Sums over all axes of which a mean is taken that was to go over one of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_LOSSES = word_set("loss losses kl kld kldiv divergence nll elbo penalty reg regularization")
_AXES = ("dim", "axis")


def find_sums_of_all(scope: Scope) -> Iterator[Slip]:
    """Give each sum over all axes whose mean over an axis, or over what is left, is taken.

    A mean that names no axis may stand there for nothing: it is told where it is a loss, and so is
    a mean of what another sum of the file's leaves.
    """
    for mean, total in _means_of_sums(scope.node):
        if _axis_of(total):
            continue
        others = _summed_over_one(scope.tree)
        near = min(others, key=lambda each: abs(each[0] - total.lineno), default=(0, "dim=1"))
        is_named = bool(_axis_of(mean)) and (_is_of_torch(total) or bool(others))
        if is_named or (others and _is_loss(scope.node, mean)):
            yield Slip(total.lineno, "sum-of-all", ast.unparse(mean)[:LONGEST], near[1])


def _means_of_sums(holder: ast.AST) -> Iterator[tuple[ast.Call, ast.Call]]:
    """Give the means of a function, or of a file outside of any, that are of sums; and these."""
    known: Given | None = None
    for node in own_nodes(holder):
        if isinstance(node, ast.Call) and called_name(node.func) == "mean":
            known = given_once_in(holder) if known is None else known
            total = _sum_in(node, known)
            if total is not None:
                yield node, total


def _sum_in(mean: ast.Call, known: Given) -> ast.Call | None:
    """Return the sum that a mean is taken of, be it times a number, or under a name."""
    node = _taken_of(mean)
    if isinstance(node, ast.Name):
        node = known.get(node.id)
    while True:
        match node:
            case ast.UnaryOp(operand=inner):
                node = inner
            case ast.BinOp(left=inner, op=ast.Mult() | ast.Div(), right=number) if _is_number(
                number
            ):
                node = inner
            case ast.BinOp(left=number, op=ast.Mult(), right=inner) if _is_number(number):
                node = inner
            case ast.Call(func=func) if called_name(func) == "sum":
                return node if isinstance(func, ast.Attribute) else None
            case _:
                return None


def _taken_of(call: ast.Call) -> ast.expr | None:
    """Return what a reduction is of: `x` of `x.mean(0)` and of `torch.mean(x, 0)`."""
    if _is_of_torch(call):
        return call.args[0] if call.args else None
    return call.func.value if isinstance(call.func, ast.Attribute) else None


def _is_of_torch(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="torch")):
            return True
    return False


def _axis_of(call: ast.Call) -> str:
    """Return over which axes a reduction goes, as it is written; '' over all."""
    given = [f"{each.arg}={ast.unparse(each.value)}" for each in call.keywords if each.arg in _AXES]
    given += [f"dim={ast.unparse(each)}" for each in call.args[_is_of_torch(call) :]]
    return given[0] if given else ""


def _is_number(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=int() | float()):
            return True
        case ast.UnaryOp(operand=ast.Constant(value=int() | float())):
            return True
    return False


@lru_cache(maxsize=2)
def _summed_over_one(tree: ast.Module) -> list[tuple[int, str]]:
    """Return the lines of sums over an axis of which a loss is the mean, each with the axis."""
    holders = [node for node in walk(tree) if isinstance(node, Function | ast.Module)]
    return [
        (total.lineno, axis)
        for holder in holders
        for mean, total in _means_of_sums(holder)
        if (axis := _axis_of(total)) and _is_loss(holder, mean)
    ]


def _is_loss(holder: ast.AST, mean: ast.Call) -> bool:
    """Whether what a mean is given to, or the function that it is in, is called a loss."""
    if isinstance(holder, Function) and words_of(holder.name) & _LOSSES:
        return True
    for node in own_nodes(holder):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if words_of(name) & _LOSSES and any(each is mean for each in walk(value)):
                    return True
    return False
