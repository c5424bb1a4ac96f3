"""Schedulers that are given another thing than they take: a factor of another kind, or a score."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import Function, walk

# Schedulers whose step takes a number of the epoch, if anything.
_COUNTING = word_set(
    "StepLR MultiStepLR ExponentialLR CosineAnnealingLR LambdaLR MultiplicativeLR LinearLR "
    "ConstantLR PolynomialLR OneCycleLR CyclicLR CosineAnnealingWarmRestarts"
)
_SCORES = word_set("loss losses acc accuracy score f1 auc mae mse rmse error metric metrics")
_COUNTS = word_set("epoch epochs step steps iter iters iteration batch i it t global")


def find_factors_of_another_kind(scope: Scope) -> Iterator[Slip]:
    """Give each LambdaLR of one constant factor, and each MultiplicativeLR of a growing power.

    `name` is what the function gives, `beside` the scheduler.
    """
    for node in scope.nodes():
        if not isinstance(node, ast.Call):
            continue
        given = [each.value for each in node.keywords if each.arg == "lr_lambda"]
        given += node.args[1:2]
        kind = called_name(node.func)
        if kind not in ("LambdaLR", "MultiplicativeLR") or len(given) != 1:
            continue
        read = _read_function(scope, given[0])
        if read is None:
            continue
        told = ast.unparse(read[1])[:LONGEST]
        if kind == "LambdaLR" and _is_share(read[1]):
            yield Slip(node.lineno, "factor-of-one-step", told, kind)
        elif kind == "MultiplicativeLR" and _is_power(*read):
            yield Slip(node.lineno, "factor-of-all-steps", told, kind)


def find_scores_for_epochs(scope: Scope) -> Iterator[Slip]:
    """Give each `scheduler.step(val_loss)` of a scheduler that takes the number of the epoch."""
    for node in scope.nodes():
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name() | ast.Attribute() as stepped, attr="step"),
                args=[given],
            ) if _is_score(given):
                kinds = _kinds_of(scope.tree, ast.unparse(stepped))
                if kinds and kinds <= _COUNTING and not _names_plateau(scope.tree):
                    told = ast.unparse(given)[:LONGEST]
                    yield Slip(node.lineno, "score-for-epoch", told, min(kinds))


def _names_plateau(tree: ast.Module) -> bool:
    return any(_last_name(each) == "ReduceLROnPlateau" for each in walk(tree))


def _last_name(node: ast.AST) -> str:
    return called_name(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def _read_function(scope: Scope, given: ast.expr) -> tuple[str, ast.expr] | None:
    """Return the argument of a schedule's function, and what that gives for it."""
    if isinstance(given, ast.Name):
        bound = [
            node.value
            for node in walk(scope.tree)
            if isinstance(node, ast.Assign)
            and any(isinstance(each, ast.Name) and each.id == given.id for each in node.targets)
        ]
        made = [n for n in walk(scope.tree) if isinstance(n, Function) and n.name == given.id]
        if len(bound) + len(made) != 1:
            return None
        if made:
            match made[0]:
                case ast.FunctionDef(args=taken, body=[ast.Return(value=ast.expr() as value)]):
                    return _first(taken), value
            return None
        given = bound[0]
    return (_first(given.args), given.body) if isinstance(given, ast.Lambda) else None


def _first(taken: ast.arguments) -> str:
    return taken.args[0].arg if taken.args else ""


def _is_share(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=float(number)):
            return 0 < number < 1
    return False


def _is_power(name: str, value: ast.expr) -> bool:
    """Whether something is a power whose exponent counts on: `0.9 ** epoch`."""
    match value:
        case ast.BinOp(_, ast.Pow(), exponent):
            match exponent:
                case ast.BinOp(ast.Name(id=counted), ast.Div() | ast.FloorDiv()):
                    return counted == name
            return isinstance(exponent, ast.Name) and exponent.id == name
    return False


def _is_score(given: ast.expr) -> bool:
    words: set[str] = set()
    for node in walk(given):
        if isinstance(node, ast.Name | ast.Attribute):
            words |= words_of(called_name(node))
    return bool(words & _SCORES) and not words & _COUNTS


def _kinds_of(tree: ast.Module, target: str) -> set[str]:
    """Return the kinds of all that a file gives a variable, "" among them where one is none."""
    own = {each.name for each in walk(tree) if isinstance(each, ast.ClassDef)}
    kinds: set[str] = set()
    for node in walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                if any(ast.unparse(each) == target for each in targets):
                    kind = called_name(value.func) if isinstance(value, ast.Call) else ""
                    is_torch = hasattr(torch.optim.lr_scheduler, kind) and kind not in own
                    kinds.add(kind if kind and is_torch else "")
            case ast.arg(arg=name) if name == target:
                kinds.add("")
    return kinds
