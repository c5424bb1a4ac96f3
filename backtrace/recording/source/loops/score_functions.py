"""Scores that ignite's handlers are told: a higher one counts as better, and some are losses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.metric_directions import MetricDirection, is_turned_round
from backtrace.recording.source.loops.metric_names import texts_of
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_WAITING = word_set("EarlyStopping Checkpoint ModelCheckpoint")
_BY_NAME = word_set("add_early_stopping_by_val_score save_best_model_by_val_score")
_SAME = word_set("round float")  # what leaves a number as it is, or nearly


def find_score_functions(scope: Scope) -> Iterator[MetricDirection]:
    """Give each handler whose score is a loss or an error as it is, with no minus."""
    for node in scope.nodes():
        if not isinstance(node, ast.Call):
            continue
        given = {each.arg: each.value for each in node.keywords}
        name, key = called_name(node.func), None
        line = node.lineno
        if name in _WAITING and "mode" not in given:
            score = given.get("score_function")
            if score is None and name == "EarlyStopping" and len(node.args) > 1:
                score = node.args[1]
            key = _key_of(score, scope) if score is not None else None
            line = key.lineno if key is not None else line
        elif name in _BY_NAME and "score_sign" not in given:
            key = given.get("metric_name")
        metrics = texts_of(key, scope.tree) if key is not None else []
        if metrics and all(is_turned_round(each, "max") for each in metrics):
            yield MetricDirection(line, name, metrics[-1], "max", "score")


def _key_of(score: ast.expr, scope: Scope) -> ast.expr | None:
    """Return under which key a function takes a metric that it returns as it is."""
    match score:
        case ast.Lambda(body=body):
            return _key_in(body)
        case ast.Call(func=func) if called_name(func) == "get_default_score_fn":
            return _key_given(score)
        case ast.Call(func=ast.Name(id=name)):
            maker = _only_one(name, scope)
            returned = _returned_by(maker) if maker is not None else None
            return _key_of(returned, scope) if returned is not None else None
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            made = _only_one(name, scope)
            if made is None:
                return _key_of_lambda(name, scope) if isinstance(score, ast.Name) else None
            value = _returned_by(made)
            return _key_in(value) if value is not None else None
    return None


def _key_given(call: ast.Call) -> ast.expr | None:
    """Return the metric of `get_default_score_fn(name)` where no sign is given, or plus one."""
    given = {each.arg: each.value for each in call.keywords}
    keys = [*call.args[:1], *(given[each] for each in ("metric_name",) if each in given)]
    signs = [*call.args[1:], *(given[each] for each in ("score_sign",) if each in given)]
    is_plain = all(isinstance(each, ast.Constant) and each.value == 1 for each in signs)
    return keys[0] if len(keys) == 1 and None not in given and is_plain else None


def _only_one(name: str, scope: Scope) -> Function | None:
    """Return the function of this name where the file has one alone."""
    made = [each for each in walk(scope.tree) if isinstance(each, Function) and each.name == name]
    return made[0] if len(made) == 1 else None


def _key_of_lambda(name: str, scope: Scope) -> ast.expr | None:
    """Return the key of a function that a variable is given, in the only place that writes it."""
    given = [
        each.value
        for each in walk(scope.tree)
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name
    ]
    match given:
        case [ast.Lambda() | ast.Call() as value]:
            return _key_of(value, scope)
    return None


def _returned_by(function: Function) -> ast.expr | None:
    """Return what a function returns, where there is one such thing."""
    returns = [each for each in own_nodes(function) if isinstance(each, ast.Return)]
    value = returns[0].value if len(returns) == 1 else None
    if isinstance(value, ast.Name):
        name = value.id
        written = [
            each.value
            for each in own_nodes(function)
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name
        ]
        others = [each for each in own_nodes(function) if isinstance(each, ast.AugAssign)]
        if written or others:
            value = written[0] if len(written) == 1 and not others else None
    return value


def _key_in(value: ast.expr) -> ast.expr | None:
    match value:
        case (
            ast.Subscript(value=metrics, slice=key)
            | ast.Call(func=ast.Attribute(value=metrics, attr="get"), args=[key, *_])
        ) if ast.unparse(metrics).endswith("metrics"):
            return key
        case ast.Call(func=ast.Name(id=name), args=[number, *_]) if name in _SAME:
            return _key_in(number)
        case ast.Call(func=ast.Attribute(value=number, attr="item"), args=[]):
            return _key_in(number)
    return None
