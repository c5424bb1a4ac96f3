"""Losses over all rows of what is split by masks: those that are held out are trained on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of

_HELD_OUT = word_set("test val valid validation eval holdout heldout")
_TRAINED = word_set("train training")
_INDEX = word_set("mask masks idx index indices ids nodes rows")
_LOSSES = word_set("cross_entropy nll_loss binary_cross_entropy binary_cross_entropy_with_logits "
                   "mse_loss l1_loss smooth_l1_loss huber_loss")  # fmt: skip
_Named = ast.Name | ast.Attribute


def find_held_out_rows(scope: Scope) -> Iterator[Slip]:
    """Give each loss that goes backward, of targets whole, of which a mask holds some rows out.

    Elsewhere in the file the same targets are taken by a mask for the test or the validation.
    """
    losses = [call for call in scope.nodes() if isinstance(call, ast.Call) and _is_loss(call)]
    if not losses or not any(map(_is_backward, scope.nodes())):
        return
    masked = dict(_masked(scope.tree))
    for call in losses:
        target = _target_of(call)
        mask = masked.get(ast.unparse(target)) if isinstance(target, _Named) else None
        if (
            target
            and mask
            and not _is_narrowed(scope, ast.unparse(target))
            and _is_kept(scope, call)
        ):
            yield Slip(call.lineno, "held-out", ast.unparse(target), mask)


def _masked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Give what is taken by a mask that holds rows out, with the mask: `y` of `y[test_mask]`."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name() | ast.Attribute() as value, slice=index):
                name = called_name(index)
                if words_of(name) & _HELD_OUT and words_of(name) & _INDEX:
                    yield ast.unparse(value), ast.unparse(index)


def _is_loss(call: ast.Call) -> bool:
    name = called_name(call.func)
    return name in _LOSSES or (bool(words_of(name) & {"criterion", "loss"}) and len(call.args) > 1)


def _target_of(call: ast.Call) -> ast.expr | None:
    named = next((each.value for each in call.keywords if each.arg == "target"), None)
    return named or (call.args[1] if len(call.args) > 1 else None)


def _is_backward(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) == "backward"


def _is_narrowed(scope: Scope, name: str) -> bool:
    """Whether a function takes the targets as they are handed in, or narrows them first."""
    arguments = scope.node.args if not isinstance(scope.node, ast.Module) else None
    given = [each.arg for each in (*arguments.args, *arguments.kwonlyargs)] if arguments else []
    assigned = [
        ast.unparse(target)
        for node in scope.nodes()
        if isinstance(node, ast.For) or (isinstance(node, ast.Assign) and _takes_rows(node.value))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return name in given or any(name in each for each in assigned)


def _takes_rows(node: ast.expr) -> bool:
    """Whether rows are taken by an index that has a name, or by a call."""
    return any(
        isinstance(each, ast.Subscript) and bool(called_name(each.slice)) for each in ast.walk(node)
    )


def _is_kept(scope: Scope, call: ast.Call) -> bool:
    """Whether each row keeps its loss: neither weights nor a later index leave any out."""
    if any(each.arg in ("reduction", "weight", "ignore_index") for each in call.keywords):
        return False
    return not any(
        isinstance(node, ast.Subscript)
        and words_of(called_name(node.slice)) & _TRAINED
        and "loss" in ast.unparse(node.value).lower()
        for node in scope.nodes()
    )
