"""Contrastive losses whose denominator has each row's likeness with itself, written as a ratio."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.divergences import exponent_of
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set

_MOST = 6  # names that are followed
_ROWS = word_set("1 -1")
_SHAPES = word_set("squeeze unsqueeze clamp clamp_min view reshape")
_PRODUCTS = word_set("mm matmul")
_DIAGONALS = word_set("diag diagonal")
_TURNED = word_set("t transpose")
_OF_ONE = word_set("math.e np.e math.exp(1) math.exp(1.0) np.exp(1) np.exp(1.0)")


def find_self_likenesses(scope: Scope) -> Iterator[Slip]:
    """Give each `log(pos / exp(z @ z.t() / T).sum(1))`, of which nothing leaves the diagonal out.

    Or what takes e from that sum, where the likenesses are divided by a temperature. Where what is
    above is that diagonal itself, each row's own likeness is meant: the rows are held apart.
    """
    ratios = [ratio for node in scope.nodes() if (ratio := _ratio_in(node)) is not None]
    values = LastGiven(scope.tree, scope.node) if ratios else None
    for ratio in ratios:
        if values is None:
            return
        below = _follow(ratio.right, values)
        taken = ""
        match below:
            case ast.BinOp(left=left, op=ast.Sub(), right=right) if ast.unparse(right) in _OF_ONE:
                below, taken = _follow(left, values), ast.unparse(right)
        scores = _summed(below, values)
        if scores is None or _is_diagonal(ratio.left, scores, values):
            continue
        of = _rows_of(scores, values, is_cooled=bool(taken))
        if of is not None:
            yield Slip(below.lineno, "self-likeness", of[:LONGEST], taken)


def _is_diagonal(node: ast.expr, scores: ast.expr, values: LastGiven) -> bool:
    """Whether something is the diagonal of these scores."""
    match _follow(node, values):
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch")), args=[of, *_]) as call:
            pass
        case ast.Call(func=ast.Attribute(value=of)) as call:
            pass
        case _:
            return False
    is_named = called_name(call.func) in _DIAGONALS
    return is_named and ast.unparse(_follow(of, values)) == ast.unparse(scores)


def _ratio_in(node: ast.AST) -> ast.BinOp | None:
    """Return the ratio that a logarithm is taken of."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="torch"), attr="log"),
            args=[ast.BinOp(op=ast.Div()) as ratio],
        ):
            return ratio
        case ast.Call(
            func=ast.Attribute(value=ast.BinOp(op=ast.Div()) as ratio, attr="log"), args=[]
        ):
            return ratio
    return None


def _follow(node: ast.expr, values: LastGiven) -> ast.expr:
    """Return what a name stands for, past what changes its shape alone."""
    for _ in range(_MOST):
        match node:
            case ast.Name(id=name):
                given = values.follow(node)
                if given is node or values.is_written_into(name):
                    return node
                node = given
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SHAPES:
                node = inner
            case _:
                return node
    return node


def _summed(node: ast.expr, values: LastGiven) -> ast.expr | None:
    """Return what is summed over the last of two axes."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="torch"), attr="sum"), args=[inner, *rest]
        ):
            pass
        case ast.Call(func=ast.Attribute(value=inner, attr="sum"), args=rest):
            pass
        case _:
            return None
    axes = [*rest[:1], *(word.value for word in node.keywords if word.arg in {"dim", "axis"})]
    is_over = [ast.unparse(each) for each in axes]
    return _follow(inner, values) if len(is_over) == 1 and is_over[0] in _ROWS else None


def _rows_of(node: ast.expr, values: LastGiven, *, is_cooled: bool) -> str | None:
    """Return of what rows all likenesses with one another are raised; None of anything else."""
    inner = exponent_of(node)
    if inner is None:
        return None
    inner = _follow(inner, values)
    has_number = False
    match inner:
        case ast.BinOp(left=left, op=ast.Div()):
            inner, has_number = _follow(left, values), True
    if is_cooled and not has_number:
        return None
    match inner:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            pass
        case ast.Call(func=func, args=[left, right]) if called_name(func) in _PRODUCTS:
            pass
        case ast.Call(func=ast.Attribute(value=left, attr=name), args=[right]) if name in _PRODUCTS:
            pass
        case _:
            return None
    match right:
        case ast.Attribute(value=same, attr="T" | "mT"):
            pass
        case ast.Call(func=ast.Attribute(value=same, attr=name)) if name in _TURNED:
            pass
        case _:
            return None
    return ast.unparse(left) if ast.unparse(left) == ast.unparse(same) else None
