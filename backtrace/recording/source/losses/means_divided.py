"""Losses that are means over a batch, and are divided by its size once more."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.plain_numbers import numbers_given
from backtrace.recording.source.row_counts import rows_counted
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_LOSSES = word_set(
    "CrossEntropyLoss MSELoss L1Loss SmoothL1Loss HuberLoss NLLLoss BCELoss BCEWithLogitsLoss "
    "cross_entropy mse_loss l1_loss smooth_l1_loss huber_loss nll_loss binary_cross_entropy "
    "binary_cross_entropy_with_logits"
)
_NO_MEANS = word_set("reduce size_average")
_SIZES = word_set("bs batchsize")


def find_means_divided(scope: Scope) -> Iterator[Slip]:
    """Give each loss of torch's that is divided by the size of its batch before its backward.

    It is stepped once for each backward, beside it: a batch that is gone through row by row is not.
    """
    for block in scope.blocks:
        backwards = [(at, root) for at, node in enumerate(block) if (root := _root(node))]
        steps = [each for each in block if _is_step(each)]
        if len(backwards) != 1 or len(steps) != 1:
            continue
        at, root = backwards[0]
        found = _division(block[:at], root)
        if found is None:
            continue
        loss, size, line = found
        if is_mean(loss, scope) and _is_size(size, loss, scope):
            yield Slip(
                line, "mean-divided", ast.unparse(loss)[:LONGEST], ast.unparse(size)[:LONGEST]
            )


def _root(node: ast.stmt) -> ast.expr | None:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=root, attr="backward"))):
            return root
    return None


def _is_step(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="step"), args=[], keywords=[])):
            return "sched" not in ast.unparse(node).lower()
    return False


def _division(before: list[ast.stmt], root: ast.expr) -> tuple[ast.Call, ast.expr, int] | None:
    """Return the loss that goes backward, and the one number that it is divided by."""
    divided: list[tuple[ast.expr, int]] = []
    for node in [None, *reversed(before)]:
        match node, root:
            case ast.Assign(targets=[ast.Name(id=to)], value=value), ast.Name(id=name):
                if to == name:
                    root = value
            case ast.AugAssign(target=ast.Name(id=to), op=op, value=value), ast.Name(id=name):
                if to == name and not isinstance(op, ast.Div):
                    return None
                if to == name:
                    divided.append((value, node.lineno))
            case (ast.stmt(), ast.Name(id=name)) if name in _stored(node):
                return None
        if isinstance(root, ast.BinOp) and isinstance(root.op, ast.Div):
            divided.append((root.right, root.lineno))
            root = root.left
        if isinstance(root, ast.Call) and len(divided) == 1:
            return root, *divided[0]
    return None


def _stored(node: ast.AST) -> set[str]:
    return {
        each.id
        for each in walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def is_mean(call: ast.Call, scope: Scope) -> bool:
    """Whether a call is of one of torch's losses, and a mean: as it is told nothing else."""
    name = called_name(call.func)
    if not _says_mean(call):
        return False
    if name in _LOSSES:
        return isinstance(call.func, ast.Attribute) or name not in scope.defined
    made = [value for node in walk(scope.tree) for value in _given_to(node, name)]
    return [
        isinstance(each, ast.Call) and called_name(each.func) in _LOSSES and _says_mean(each)
        for each in made
    ] == [True]


def _says_mean(call: ast.Call) -> bool:
    told = {each.arg: each.value for each in call.keywords}
    if told.keys() & {None, *_NO_MEANS}:
        return False
    match told.get("reduction"):
        case None | ast.Constant(value="mean"):
            return True
    return False


def _given_to(node: ast.AST, name: str) -> Iterator[ast.expr]:
    match node:
        case ast.Assign(targets=[ast.Name(id=to) | ast.Attribute(attr=to)], value=value):
            if to == name:
                yield value


def _is_size(size: ast.expr, loss: ast.Call, scope: Scope) -> bool:
    """Whether a number is how many rows a batch has: of what the loss is given, or by its name."""
    if of := rows_counted(size):
        drawn = [node.target for node in scope.nodes() if isinstance(node, ast.For)]
        return of in {name for each in (*loss.args, *drawn) for name in names_in(each)}
    match size:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            words = words_of(name)
            is_size = bool(words & _SIZES) or words == {"batch", "size"}
            return is_size and 1 not in numbers_given(name, scope.tree)
    return False
