"""Losses of an evaluation of which the last batch's alone is told."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.divided_sums import gone_over
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    opened,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes

_EVALUATION = word_set("val valid validation validate test tst eval evaluate evaluation dev")
_LOSS = word_set("loss losses mse mae nll rmse")
# What computes one, by the words of its name; what keeps a mean of several is called otherwise.
_COMPUTES = word_set("loss criterion criteria crit entropy mse nll bce l1 objective cost")
_KEEPS = word_set("update add push accumulate running ema smooth meter")
_CONVERTED = word_set("item detach cpu numpy float")
_TOLD = word_set(
    "print append log log_dict log_metric log_metrics add_scalar info write format debug "
    "set_postfix set_description"
)


def find_last_batch_losses(scope: Scope) -> Iterator[Slip]:
    """Give the line of each loss that a loop over held-out batches writes anew in each turn.

    It is read nowhere in the loop, and told behind it: `beside` is the loop's line, for it may be
    given one batch alone.
    """
    if scope.reads_all:
        return
    parents = parents_in(scope.tree)
    for block in scope.blocks:
        statements = list(opened(block))
        for number, loop in enumerate(statements):
            if isinstance(loop, ast.For) and _evaluates(loop, scope.name):
                for name, line in _written_once(loop):
                    behind = statements[number + 1 :]
                    if _is_told_first(behind, name, parents) and not scope.is_read_inside(name):
                        yield Slip(line, "last-batch-told", name, str(loop.iter.lineno))


def _evaluates(loop: ast.For, function: str) -> bool:
    """Whether a loop goes to its end over a loader of held-out data, and trains nothing."""
    loader = gone_over(loop.iter)
    words = words_of(loader.replace(".", "_")) | words_of(function)
    inside = list(own_nodes(loop))
    called = {called_name(each.func) for each in inside if isinstance(each, ast.Call)}
    is_left = any(isinstance(each, ast.Break | ast.Return | ast.Yield) for each in inside)
    is_held_out = bool(words & _EVALUATION) and "train" not in words
    return bool(loader) and is_held_out and not is_left and not called & {"backward", "step"}


def _written_once(loop: ast.For) -> Iterator[tuple[str, int]]:
    """Give each name with its line that every turn gives a loss, and nothing in the loop reads."""
    for statement in opened(loop.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                uses = [each for each in own_nodes(loop) if _is_of(each, name)]
                if words_of(name) & _LOSS and len(uses) == 1 and _is_loss(value):
                    yield name, statement.lineno


def _is_loss(value: ast.expr) -> bool:
    """Whether an expression computes the loss of a batch: `criterion(out, y).item()`."""
    while True:
        match value:
            case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=[]) if (
                attr in _CONVERTED
            ):
                value = inner
            case ast.Call(func=ast.Name(id="float"), args=[inner]):
                value = inner
            case ast.Attribute(attr="loss"):
                return True
            case ast.Call(func=func):
                words = words_of(called_name(func))
                return bool(words & _COMPUTES) and not words & _KEEPS
            case _:
                return False


def _is_told_first(behind: list[ast.stmt], name: str, parents: dict[int, ast.AST]) -> bool:
    """Whether a name is read behind a loop before it is written anew, and printed or returned."""
    for statement in behind:
        uses = [each for each in (statement, *own_nodes(statement)) if _is_of(each, name)]
        if uses:
            if any(isinstance(each.ctx, ast.Store) for each in uses):  # type: ignore[attr-defined]
                return False
            return any(_is_told(each, parents) for each in uses)
    return False


def _is_told(node: ast.AST, parents: dict[int, ast.AST]) -> bool:
    above = parents.get(id(node))
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Call) and called_name(above.func) in _TOLD:
            return True
        above = parents.get(id(above))
    return isinstance(above, ast.Return)


def _is_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
