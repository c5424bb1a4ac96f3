"""Trainers of a framework's that choose by what they train on: they are given it for validation."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import LIGHTNING, packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import walk

_TRAINERS = {"transformers", "skorch"} | LIGHTNING
_CHOOSES = word_set("EarlyStopping EarlyStoppingCallback Checkpoint ModelCheckpoint")
_BEST = "load_best_model_at_end"
_PARTS = ("train", "val", "test")


def find_validated_on_training(scope: Scope) -> Iterator[Slip]:
    """Give each trainer that is given one data set for both, in a file that chooses by a score.

    Of one graph, masks say which nodes are held out: a file that has such is left alone.
    """
    if scope.name or not packages_in(scope.tree) & _TRAINERS:
        return
    calls = [each for each in walk(scope.tree) if isinstance(each, ast.Call)]
    if not any(_chooses(each) for each in calls) or any(map(_masks, walk(scope.tree))):
        return
    for call in calls:
        trained, held = _both(call, calls, scope.tree)
        if trained is not None and held is not None and _is_one(trained, held):
            yield Slip(held.lineno, "validated-on-training", ast.unparse(trained))


def _masks(node: ast.AST) -> bool:
    """Whether it names a mask of the rows that are trained on, or held out: `data.val_mask`."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.Constant(value=str(name)):
            return "mask" in name and any(each in name for each in _PARTS)
    return False


def _chooses(call: ast.Call) -> bool:
    """Whether it stops or keeps by a number that is not said to be of the training."""
    told = {each.arg: each.value for each in call.keywords}
    best = told.get(_BEST)
    if isinstance(best, ast.Constant) and best.value is True:
        return True
    name = called_name(call.func)
    if name not in _CHOOSES:
        return False
    monitor = ast.unparse(told["monitor"]) if "monitor" in told else ""
    is_every = name == "ModelCheckpoint" and not monitor
    return not is_every and "train" not in monitor


def _both(
    call: ast.Call, calls: list[ast.Call], tree: ast.Module
) -> tuple[ast.expr | None, ast.expr | None]:
    """Return what a call trains on and what it is validated on, where it says so."""
    told = {each.arg: each.value for each in call.keywords if each.arg}
    name = called_name(call.func)
    if name.endswith("Trainer"):
        return told.get("train_dataset"), told.get("eval_dataset")
    if name == "fit" and packages_in(tree) & LIGHTNING:
        args = call.args
        return (
            told.get("train_dataloaders", args[1] if len(args) > 1 else None),
            told.get("val_dataloaders", args[2] if len(args) > 2 else None),
        )
    if name == "predefined_split" and len(call.args) == 1:
        rows = _rows_of(call.args[0], tree)
        fits = [each for each in calls if called_name(each.func) == "fit" and each.args]
        fitted = {ast.unparse(each.args[0]) for each in fits}
        if rows is not None and fitted == {ast.unparse(rows)}:
            return fits[0].args[0], call.args[0] if rows is call.args[0] else rows
    return None, None


def _rows_of(data: ast.expr, tree: ast.Module) -> ast.expr | None:
    """Return the first thing that a data set is made of, where it is made in one place."""
    if isinstance(data, ast.Name):
        given = _given(data.id, tree)
        if len(given) != 1:
            return None
        data = given[0] if _is_data(given[0]) else data
    return data.args[0] if isinstance(data, ast.Call) and _is_data(data) else data


def _is_data(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and called_name(value.func) in ("Dataset", "TensorDataset")
        and bool(value.args)
    )


def _given(name: str, tree: ast.Module) -> list[ast.expr]:
    return [
        node.value
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
    ]


def _is_one(trained: ast.expr, held: ast.expr) -> bool:
    """Whether both are one variable or attribute; of two calls, each may make its own."""
    plain = ast.Name | ast.Attribute
    is_plain = isinstance(trained, plain) and isinstance(held, plain)
    return is_plain and ast.unparse(trained) == ast.unparse(held)
