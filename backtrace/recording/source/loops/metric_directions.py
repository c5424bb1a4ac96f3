"""Best checkpoints and stops that are chosen by a metric turned round."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.ledger.source_facts import Choice
from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.source_file import Scope, word_set, words_of

_CALLS = word_set("ModelCheckpoint EarlyStopping")
_LARGER = word_set("acc accuracy f1 auc auroc iou miou dice map precision recall bleu score r2")
_SMALLER = word_set("loss error mse mae rmse perplexity ppl nll wer cer fid")
_NEGATIVE = word_set("neg negative minus inv inverse")  # a name that says that it is turned round


@dataclass(frozen=True)
class MetricDirection:
    """`call` takes the smallest (`mode` "min") or largest of `metric` for the best.

    `by` says what would turn it round: its `mode`, `lower_is_better` or `greater_is_better`, a
    minus of the score, or a comparison.
    """

    line: int
    call: str
    metric: str
    mode: str
    by: Choice = "mode"


def find_metric_directions(scope: Scope) -> Iterator[MetricDirection]:
    """Give the callbacks of Lightning and skorch that would keep or wait for the worst."""
    for node in scope.nodes():
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _CALLS:
                given = {each.arg: each.value for each in node.keywords}
                metric, mode = _text(given.get("monitor")), _text(given.get("mode", _DEFAULT))
                by: Choice = "mode"
                if _LOWER in given or (
                    name == "EarlyStopping" and "skorch" in packages_in(scope.tree)
                ):
                    mode, by = _mode_of(given.get(_LOWER, ast.Constant(True))), "lower"
                if is_turned_round(metric, mode):
                    yield MetricDirection(node.lineno, name, metric, mode, by)


_DEFAULT = ast.Constant("min")
_LOWER = "lower_is_better"  # what skorch asks for in place of a mode


def _mode_of(lower: ast.expr) -> str:
    """Return the mode that a `lower_is_better` of skorch stands for; '' where it is computed."""
    match lower:
        case ast.Constant(value=bool(is_lower)):
            return "min" if is_lower else "max"
    return ""


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_turned_round(metric: str, mode: str) -> bool:
    """Whether a metric of this name is the better, the less it is as `mode` would have it."""
    words = words_of(metric.replace("/", "_").replace("-", "_"))
    is_larger, is_smaller = bool(words & _LARGER), bool(words & _SMALLER)
    if is_larger == is_smaller or words & _NEGATIVE:
        return False
    return mode == ("min" if is_larger else "max")
