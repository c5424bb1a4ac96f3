"""Best values that are compared the wrong way round: a loss that grows is kept as the best."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.handed_metrics import handed_names, name_of
from backtrace.recording.source.loops.metric_directions import MetricDirection, is_turned_round
from backtrace.recording.source.slip import LONGEST
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    given_once,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_KEEPS = ("state_dict", "save(", "save_checkpoint", "save_model", "deepcopy(model", "deepcopy(net")
_WAITS = (
    "patien",
    "improv",
    "stop",
    "stale",
    "stagna",
    "wait",
    "worse",
    "counter",
    "trigger",
    "bad",
)
_LOSSES = word_set("criterion cross_entropy binary_cross_entropy binary_cross_entropy_with_logits")
_ASKS = ("mode", "maxim", "minim", "greater", "higher", "lower", "direction", "sign")


def find_kept_worst(scope: Scope) -> Iterator[MetricDirection]:
    """Give each `if loss > best_loss:` under which the loss is written down as the best.

    That is where a model is kept for it, or a patience is counted. What is named a loss and has a
    minus where it is computed or handed over is none.
    """
    given = given_once(scope)
    for node in scope.nodes():
        test = _compared(node)
        value, best, mode = _read(test) if test is not None else (None, None, "")
        if best is None or value is None or test is None or not isinstance(node, ast.If):
            continue
        if _writes(node.body, best, value):
            better, other = node.body, node.orelse
        elif _writes(node.orelse, best, value) and _counts(node.body):
            better, other = node.orelse, node.body
            mode = "min" if mode == "max" else "max"
        else:
            continue
        if not (_keeps(better) or _counts(other)):
            continue
        made = given.get(name_of(value), value)
        metric = name_of(made) or _loss_of(made) or name_of(value)
        text = ast.unparse(test)[:LONGEST]
        found = _handed(given.get(name_of(value), value), mode, scope)
        if found is not None:
            metric, mode = found
            is_turned = is_turned_round(metric, mode)
        else:
            words = {*words_of(metric), *words_of(name_of(best))} - {"best", "score"}
            is_turned = is_turned_round("_".join(words), mode)
        if is_turned and _is_plain(metric, node, scope):
            yield MetricDirection(node.lineno, text, metric, mode, "comparison")


def _loss_of(value: ast.expr) -> str:
    """Return by what loss function a value was made, as `mse_loss(...).item()` is; '' of others."""
    for _ in range(3):
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr="item" | "mean")):
                value = inner
            case ast.Call(func=func):
                name = called_name(func)
                is_loss = "loss" in words_of(name) or name in _LOSSES
                return "loss" if is_loss else ""
            case _:
                break
    return ""


def _compared(node: ast.AST) -> ast.Compare | None:
    """Return what an `if` compares: `a < b` also of `b is None or a < b`."""
    match node:
        case ast.If(test=ast.Compare() as test):
            return test
        case ast.If(
            test=ast.BoolOp(
                op=ast.Or(), values=[ast.Compare(ops=[ast.Is()]), ast.Compare() as test]
            )
        ):
            return test
    return None


def _handed(value: ast.expr, mode: str, scope: Scope) -> tuple[str, str] | None:
    """Return by what name the file hands over a value, and what it has to be to be the best.

    None where it is not handed over, or by names that do not agree.
    """
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        value, mode = value.operand, "min" if mode == "max" else "max"
    names = sorted(handed_names(scope, value.id)) if isinstance(value, ast.Name) else []
    turned = [is_turned_round(name, mode) for name in names]
    known = [is_turned_round(name, "min") or is_turned_round(name, "max") for name in names]
    return (names[0], mode) if names and all(known) and len({*turned}) == 1 else None


def _read(test: ast.Compare) -> tuple[ast.expr | None, ast.expr | None, str]:
    """Return a value, the best one that it is compared with, and what it has to be if it holds."""
    if len(test.ops) != 1 or not isinstance(test.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE):
        return None, None, ""
    left, right = _bare(test.left), _bare(test.comparators[0])
    is_more = isinstance(test.ops[0], ast.Gt | ast.GtE)
    if "best" in words_of(name_of(right)) and "best" not in words_of(name_of(left)):
        return left, right, "max" if is_more else "min"
    if "best" in words_of(name_of(left)) and "best" not in words_of(name_of(right)):
        return right, left, "min" if is_more else "max"
    return None, None, ""


def _bare(node: ast.expr) -> ast.expr:
    """Return what a margin is added to, or taken from."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        node = node.left
    return node


def _writes(block: list[ast.stmt], best: ast.expr, value: ast.expr) -> bool:
    wanted = ast.unparse(best), ast.unparse(value)
    return any(
        isinstance(each, ast.Assign)
        and (ast.unparse(each.targets[0]), ast.unparse(each.value)) == wanted
        for each in block
    )


def _counts(block: list[ast.stmt]) -> bool:
    """Whether a block counts a turn that was no better."""
    return any(isinstance(each, ast.AugAssign) and _waits(each.target) for each in block)


def _keeps(block: list[ast.stmt]) -> bool:
    """Whether a block keeps a model, or begins to count such turns anew."""
    text = "\n".join(ast.unparse(each) for each in block).lower()
    resets = any(
        isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Constant)
        and each.value.value == 0
        and _waits(each.targets[0])
        for each in block
    )
    return resets or any(word in text for word in _KEEPS)


def _waits(counter: ast.expr) -> bool:
    return any(word in name_of(counter).lower() for word in _WAITS)


def _is_plain(metric: str, node: ast.If, scope: Scope) -> bool:
    """Whether nothing turns the metric round in the file, nor asks which way it is to go."""
    for each in walk(scope.tree):
        match each:
            case ast.UnaryOp(op=ast.USub(), operand=operand) if metric in ast.unparse(operand):
                return False
            case ast.Assign(targets=[target], value=value) if name_of(target) == metric:
                if any(isinstance(part, ast.UnaryOp) for part in walk(value)):
                    return False
    parents = parents_in(scope.tree)
    above = parents.get(id(node))
    while above is not None:
        if isinstance(above, ast.If):
            test = ast.unparse(above.test).lower()
            if any(word in test for word in _ASKS):
                return False
        above = parents.get(id(above))
    return True
