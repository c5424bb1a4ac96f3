"""Scores that ignite's handlers are told: a higher one counts as better, and some are losses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.metric_directions import MetricDirection, is_turned_round
from backtrace.recording.source.source_file import Scope, called_name, parents_in, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_WAITING = word_set("EarlyStopping Checkpoint ModelCheckpoint")
_BY_NAME = word_set("add_early_stopping_by_val_score save_best_model_by_val_score")


def find_score_functions(scope: Scope) -> Iterator[MetricDirection]:
    """Give each handler whose score is a loss or an error as it is, with no minus."""
    for node in scope.nodes():
        if not isinstance(node, ast.Call):
            continue
        given = {each.arg: each.value for each in node.keywords}
        name, key = called_name(node.func), None
        if name in _WAITING and "score_function" in given:
            key = _key_of(given["score_function"], scope)
        elif name in _BY_NAME and "score_sign" not in given:
            key = given.get("metric_name")
        metrics = _texts_of(key, scope.tree) if key is not None else []
        if metrics and all(is_turned_round(each, "max") for each in metrics):
            yield MetricDirection(node.lineno, name, metrics[-1], "max", "score")


def _key_of(score: ast.expr, scope: Scope) -> ast.expr | None:
    """Return under which key a function takes a metric that it returns as it is."""
    match score:
        case ast.Lambda(body=body):
            return _key_in(body)
        case ast.Call(func=func, args=[key], keywords=[]) if (
            called_name(func) == "get_default_score_fn"
        ):
            return key
        case ast.Name(id=name):
            made = [n for n in walk(scope.tree) if isinstance(n, Function) and n.name == name]
            return _key_returned(made[0]) if len(made) == 1 else None
    return None


def _key_returned(function: ast.AST) -> ast.expr | None:
    returns = [each for each in own_nodes(function) if isinstance(each, ast.Return)]
    value = returns[0].value if len(returns) == 1 else None
    if isinstance(value, ast.Name):
        written = [
            each.value
            for each in own_nodes(function)
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == value.id
        ]
        others = [each for each in own_nodes(function) if isinstance(each, ast.AugAssign)]
        value = written[0] if len(written) == 1 and not others else None
    return _key_in(value) if value is not None else None


def _key_in(value: ast.expr) -> ast.expr | None:
    match value:
        case (
            ast.Subscript(value=metrics, slice=key)
            | ast.Call(func=ast.Attribute(value=metrics, attr="get"), args=[key, *_])
        ) if ast.unparse(metrics).endswith("metrics"):
            return key
    return None


def _texts_of(key: ast.expr, tree: ast.Module) -> list[str]:
    """Return what a key may be, as far as it stands in the file; nothing where that is not sure."""
    if isinstance(key, ast.Constant):
        return [key.value] if isinstance(key.value, str) else []
    if not isinstance(key, ast.Name):
        return []
    parents = parents_in(tree)
    found: list[str] = []
    for node in walk(tree):
        if isinstance(node, ast.arg) and node.arg == key.id:
            return []
        if not isinstance(node, ast.Name) or node.id != key.id or isinstance(node.ctx, ast.Load):
            continue
        match parents.get(id(node)):
            case ast.Assign(value=ast.Constant(value=str(text))) as assign:
                found += [text] if _is_reached(assign, parents, tree) else []
            case _:
                return []
    return found


def _is_reached(node: ast.stmt, parents: dict[int, ast.AST], tree: ast.Module) -> bool:
    """Whether a statement may be: the `if` around it does not ask what is the other way for all."""
    above = parents.get(id(node))
    if not isinstance(above, ast.If) or not isinstance(above.test, ast.Name):
        return True
    values = [
        each.value
        for each in walk(tree)
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == above.test.id
    ]
    match values:
        case [ast.Constant(value=value)]:
            return (node in above.body) == bool(value)
    return True
