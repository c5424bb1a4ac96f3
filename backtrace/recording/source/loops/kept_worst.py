"""Best values that are compared the wrong way round: a loss that grows is kept as the best."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.metric_directions import MetricDirection, is_turned_round
from backtrace.recording.source.slip import LONGEST
from backtrace.recording.source.source_file import Scope, given_once, parents_in, words_of
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
_ASKS = ("mode", "maxim", "minim", "greater", "higher", "lower", "direction", "sign")


def find_kept_worst(scope: Scope) -> Iterator[MetricDirection]:
    """Give each `if loss > best_loss:` under which the loss is written down as the best.

    That is where a model is kept for it, or a patience is counted. What is named a loss and has a
    minus where it is computed or handed over is none.
    """
    given = given_once(scope)
    for node in scope.nodes():
        if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
            continue
        value, best, mode = _read(node.test)
        if best is None or value is None:
            continue
        if _writes(node.body, best, value):
            better, other = node.body, node.orelse
        elif _writes(node.orelse, best, value) and _counts(node.body):
            better, other = node.orelse, node.body
            mode = "min" if mode == "max" else "max"
        else:
            continue
        is_kept = _keeps(better) or _counts(other)
        metric = _name_of(given.get(_name_of(value), value)) or _name_of(value)
        words = {*words_of(metric), *words_of(_name_of(best))} - {"best", "score"}
        if is_kept and is_turned_round("_".join(words), mode) and _is_plain(metric, node, scope):
            test = ast.unparse(node.test)[:LONGEST]
            yield MetricDirection(node.lineno, test, metric, mode, "comparison")


def _read(test: ast.Compare) -> tuple[ast.expr | None, ast.expr | None, str]:
    """Return a value, the best one that it is compared with, and what it has to be if it holds."""
    if len(test.ops) != 1 or not isinstance(test.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE):
        return None, None, ""
    left, right = _bare(test.left), _bare(test.comparators[0])
    is_more = isinstance(test.ops[0], ast.Gt | ast.GtE)
    if "best" in words_of(_name_of(right)) and "best" not in words_of(_name_of(left)):
        return left, right, "max" if is_more else "min"
    if "best" in words_of(_name_of(left)) and "best" not in words_of(_name_of(right)):
        return right, left, "min" if is_more else "max"
    return None, None, ""


def _bare(node: ast.expr) -> ast.expr:
    """Return what a margin is added to, or taken from."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        node = node.left
    return node


def _name_of(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


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
    return any(word in _name_of(counter).lower() for word in _WAITS)


def _is_plain(metric: str, node: ast.If, scope: Scope) -> bool:
    """Whether nothing turns the metric round in the file, nor asks which way it is to go."""
    for each in walk(scope.tree):
        match each:
            case ast.UnaryOp(op=ast.USub(), operand=operand) if metric in ast.unparse(operand):
                return False
            case ast.Assign(targets=[target], value=value) if _name_of(target) == metric:
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
