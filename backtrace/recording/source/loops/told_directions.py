"""Best checkpoints of transformers' Trainer and of skorch that a default turns round."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.loops.metric_directions import MetricDirection, is_turned_round
from backtrace.recording.source.loops.metric_names import texts_of
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import walk

_ARGUMENTS = word_set("TrainingArguments Seq2SeqTrainingArguments")
_SCORERS = word_set("EpochScoring BatchScoring")
_TOLD = word_set("lower_is_better greater_is_better")


def find_told_directions(scope: Scope) -> Iterator[MetricDirection]:
    """Give each choice of a best epoch that nobody told which values are the better ones."""
    for node in scope.nodes():
        if not isinstance(node, ast.Call) or any(each.arg is None for each in node.keywords):
            continue
        name = called_name(node.func)
        if name in _ARGUMENTS and "transformers" in packages_in(scope.tree):
            yield from _of_trainer(node, name, scope)
        elif name in _SCORERS and "skorch" in packages_in(scope.tree):
            yield from _of_scoring(node, name, scope)


def _of_trainer(call: ast.Call, name: str, scope: Scope) -> Iterator[MetricDirection]:
    """Larger is better for the Trainer, but of what ends with "loss"."""
    given = {each.arg: each.value for each in call.keywords}
    key = given.get("metric_for_best_model")
    if key is None or not (_is_true(given.get("load_best_model_at_end")) or _waits(scope.tree)):
        return
    told = given.get("greater_is_better", ast.Constant(None))
    if not isinstance(told, ast.Constant) or _is_written(scope.tree):
        return
    for metric in texts_of(key, scope.tree)[:1]:
        if not texts_of(ast.Constant(metric.removeprefix("eval_")), scope.tree):
            return  # the file computes it, and may turn it round
        is_larger = told.value if told.value is not None else not metric.endswith("loss")
        mode = "max" if is_larger else "min"
        if is_turned_round(metric, mode):
            yield MetricDirection(key.lineno, name, metric, mode, "greater")


def _of_scoring(call: ast.Call, name: str, scope: Scope) -> Iterator[MetricDirection]:
    """Smaller is better for skorch, where it is not told: a Checkpoint takes its word for it."""
    given = {each.arg: each.value for each in call.keywords}
    score = call.args[0] if call.args else given.get("scoring")
    if len(call.args) > 1 or score is None:
        return
    told = given.get("lower_is_better", ast.Constant(value=True))
    metric = _text(score) or (score.id if isinstance(score, ast.Name) else "")
    if not isinstance(told, ast.Constant) or not metric:
        return
    if not _text(score) and not told.value:
        return  # a function of the file's own: it may be the negative of what its name says
    mode = "min" if told.value else "max"
    best = f"{_text(given.get('name')) or metric}_best"
    is_negative = metric.startswith("neg_") and isinstance(score, ast.Constant)  # scikit-learn's
    is_turned = mode == "min" if is_negative else is_turned_round(metric, mode)
    if is_turned and _is_watched(best, scope.tree):
        yield MetricDirection(call.lineno, name, metric, mode, "lower")


def _is_watched(best: str, tree: ast.Module) -> bool:
    """Whether a callback of the file is to keep what is best by this name."""
    return any(
        isinstance(node, ast.keyword) and node.arg == "monitor" and _text(node.value) == best
        for node in walk(tree)
    )


def _waits(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call) and called_name(node.func) == "EarlyStoppingCallback"
        for node in walk(tree)
    )


def _is_written(tree: ast.Module) -> bool:
    """Whether the file tells an object afterwards which values are better."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in _TOLD and isinstance(node.ctx, ast.Store)
        for node in walk(tree)
    )


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
