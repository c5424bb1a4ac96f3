"""Options of a trainer's that another line of the file keeps from having any effect."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import LIGHTNING, full_name, packages_in
from backtrace.recording.source.plain_numbers import numbers_given
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import Function, walk

_SMOOTHING = "label_smoothing_factor"
_INTERVAL = "check_val_every_n_epoch"
_WATCHING = {"EarlyStopping": 0, "ModelCheckpoint": 2}  # the place of what they monitor
_PLAIN = word_set("Trainer Seq2SeqTrainer")
_WRITTEN = frozenset({_INTERVAL, "max_epochs"})


def find_idle_options(scope: Scope) -> Iterator[Slip]:
    """Give label smoothing beside an own loss, and validations that are longer apart than a run.

    The first counts where nothing else in the file speaks of smoothing and every Trainer in it has
    such a loss; the second where a callback watches what only a validation can tell.
    """
    if scope.name:
        return
    packages = packages_in(scope.tree)
    if "transformers" in packages:
        yield from _unsmoothed(scope.tree)
    if packages & LIGHTNING:
        yield from _never_validated(scope.tree)


def _unsmoothed(tree: ast.Module) -> Iterator[Slip]:
    given = [
        keyword
        for node in walk(tree)
        if isinstance(node, ast.Call) and called_name(node.func).endswith("TrainingArguments")
        for keyword in node.keywords
        if keyword.arg == _SMOOTHING and (number_of(keyword.value, tree) or 0) > 0
    ]
    own = _find_own_loss(tree) if given and not _speaks_of_smoothing(tree, given) else ""
    for keyword in given if own else ():
        yield Slip(keyword.value.lineno, "option-idle", _SMOOTHING, own)


def _speaks_of_smoothing(tree: ast.Module, given: list[ast.keyword]) -> bool:
    """Whether a file names smoothing anywhere but in these options and what gives them a value."""
    own = {id(node) for keyword in given for node in (keyword, *walk(keyword.value))}
    values = {called_name(keyword.value) for keyword in given} - {""}
    return any(
        "smooth" in name.lower()
        for node in walk(tree)
        if id(node) not in own
        and not (isinstance(node, ast.Name) and node.id in values and _is_stored(node))
        for name in [_name_of(node)]
    )


def _is_stored(node: ast.Name | ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


def _name_of(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return name
        case ast.keyword(arg=str(name)) | ast.alias(name=name):
            return name
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
    return ""


def _find_own_loss(tree: ast.Module) -> str:
    """Return the loss by which every Trainer of a file takes its own; '' where one does not."""
    classes = {
        node.name: node
        for node in walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(called_name(base) in _PLAIN for base in node.bases)
    }
    found = ""
    for node in walk(tree):
        name = called_name(node.func) if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or (name not in classes and not name.endswith("Trainer")):
            continue
        given = {each.arg: each.value for each in node.keywords}
        function = called_name(given.get("compute_loss_func", ast.Constant(None)))
        method = _has_own_loss(classes[name]) if name in classes else False
        if not function and not method:
            return ""
        found = f"{name}.compute_loss" if method else function
    return found


def _has_own_loss(owner: ast.ClassDef) -> bool:
    """Whether a class has a `compute_loss` of its own that does not ask for that of its base."""
    methods = [each for each in owner.body if isinstance(each, Function)]
    asks = (
        isinstance(node, ast.Attribute) and node.attr == "compute_loss"
        for method in methods
        for node in walk(method)
    )
    return any(each.name == "compute_loss" for each in methods) and not any(asks)


def _never_validated(tree: ast.Module) -> Iterator[Slip]:
    watching = next((name for node in walk(tree) if (name := _watches(node, tree))), "")
    if not watching or any(
        isinstance(node, ast.Attribute) and node.attr in _WRITTEN and _is_stored(node)
        for node in walk(tree)
    ):
        return
    for node in walk(tree):
        if not isinstance(node, ast.Call) or not full_name(node.func, tree).endswith(".Trainer"):
            continue
        given = {each.arg: each.value for each in node.keywords}
        interval, epochs = (
            number_of(given.get(name, ast.Constant(None)), tree)
            for name in (_INTERVAL, "max_epochs")
        )
        if interval and epochs and interval > epochs >= 1:
            line = given[_INTERVAL].lineno
            yield Slip(line, "option-idle", _INTERVAL, watching, int(epochs))


def _watches(node: ast.AST, tree: ast.Module) -> str:
    """Return the callback that is to watch a number of the validation; '' where it is none."""
    if not isinstance(node, ast.Call) or not _is_lightnings(node.func, tree):
        return ""
    name = called_name(node.func)
    place = _WATCHING.get(name)
    if place is None:
        return ""
    given = [each.value for each in node.keywords if each.arg == "monitor"]
    match given or node.args[place : place + 1]:
        case [ast.Constant(value=str(told))] if told.lower().startswith(("val", "valid")):
            return name
    return ""


def _is_lightnings(func: ast.expr, tree: ast.Module) -> bool:
    return full_name(func, tree).partition(".")[0] in LIGHTNING


def number_of(value: ast.expr, tree: ast.Module) -> float | None:
    """Return the one number that an expression may be; None where that is not known."""
    match value:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name) | ast.Attribute(attr=name):
            found = set(numbers_given(name, tree))
            return found.pop() if len(found) == 1 else None
    return None
