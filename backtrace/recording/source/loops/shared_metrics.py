"""Metrics that count the rows of training steps and of validation steps in one state."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.imports import LIGHTNING, packages_in
from backtrace.recording.source.loops.metric_classes import read_metric_classes
from backtrace.recording.source.loops.one_metric_twice import MetricNames
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, parents_in, word_set
from backtrace.recording.source.walks import Function, walk

_Methods = dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
_TRAINS, _VALIDATES = "training_step", "validation_step"
_ENDS = ("on_validation_epoch_end", "validation_epoch_end", "on_validation_end")
# A reset here comes before the rows of training, or after what was counted of both is told.
_RESETS_IN_VAIN = (*_ENDS, "on_train_epoch_start", "on_train_start", "on_fit_start")
# Lightning validates before a training epoch ends.
_AFTER = "on_train_epoch_end"
_UPDATES = word_set("update forward")
_ASKED = word_set("update_called update_count")
_LOGS = word_set("log log_dict")
_NAMED = ast.Attribute | ast.Subscript
_BRANCHES = ast.If | ast.IfExp | ast.Match | ast.While | ast.BoolOp | ast.Try


@dataclass(frozen=True)
class _MetricUse:
    """What is done with a metric in a line: "update", "told", "reset" or "other"."""

    name: str
    kind: str
    line: int


def find_shared_metrics(scope: Scope) -> Iterator[Slip]:
    """Give the lines that tell, in validation, a metric which training steps count their rows in.

    What a call of a metric returns is of one batch alone, and says nothing.
    """
    if not isinstance(scope.node, ast.Module) or not (made_of := read_metric_classes(scope.tree)):
        return
    for own in walk(scope.tree):
        if not isinstance(own, ast.ClassDef):
            continue
        methods = {each.name: each for each in own.body if isinstance(each, Function)}
        if not {_TRAINS, _VALIDATES} <= set(methods):
            continue
        names = MetricNames(own, made_of)
        if names.first and not _is_reset_elsewhere(scope.tree, own, set(names.first)):
            yield from _Module(methods, names, scope.tree).find()


def _is_reset_elsewhere(tree: ast.Module, own: ast.ClassDef, metrics: set[str]) -> bool:
    """Whether anything is reset that may be a metric of a class, or is so outside of it."""
    inside = {id(node) for node in walk(own)}
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "reset"
        and (id(node) not in inside or ast.unparse(node.value) not in metrics)
        for node in walk(tree)
    )


class _Module:
    """What the methods of one class do with its metrics."""

    def __init__(self, methods: _Methods, names: MetricNames, tree: ast.Module) -> None:
        self._methods, self._names, self._parents = methods, names, parents_in(tree)
        is_lightning = bool(packages_in(tree) & LIGHTNING)
        self._in_vain = (*_RESETS_IN_VAIN, *([_AFTER] if is_lightning else []))

    def find(self) -> Iterator[Slip]:
        """Give the first line that tells each metric which both kinds of steps update."""
        everywhere = {
            name: [use for node in walk(method) if (use := self._use_of(node))]
            for name, method in self._methods.items()
        }
        left_out = {
            use.name
            for method, uses in everywhere.items()
            for use in uses
            if use.kind == "other" or (use.kind == "reset" and method not in self._in_vain)
        }
        trained = {use.name for use in self._reached_from(_TRAINS) if use.kind == "update"}
        validated = list(self._reached_from(_VALIDATES))
        both = trained & {use.name for use in validated if use.kind == "update"}
        told = [*validated, *(use for end in _ENDS for use in self._reached_from(end))]
        for name in sorted(both - left_out):
            lines = [use.line for use in told if use.name == name and use.kind == "told"]
            if not lines:
                continue
            again = next((n for n, first in self._names.first.items() if first == name != n), "")
            yield Slip(self._names.lines.get(again, lines[0]), "stages-mixed", name, again)

    def _reached_from(self, root: str, *passed: str) -> Iterator[_MetricUse]:
        """Give what a method does, and what others do that it calls.

        These may be called by another kind of step as well: what they do on a condition is not
        given, which may be one on the kind of step.
        """
        method = self._methods.get(root)
        if method is None or root in passed:
            return
        ends_early = any(
            isinstance(node, ast.Return) and node is not method.body[-1] for node in walk(method)
        )
        for node in walk(method):
            if passed and (ends_early or self._depends(node, method)):
                continue
            if use := self._use_of(node):
                yield use
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                    yield from self._reached_from(name, root, *passed)

    def _depends(self, node: ast.AST, method: ast.AST) -> bool:
        above = self._parents.get(id(node))
        while above is not None and above is not method:
            if isinstance(above, _BRANCHES):
                return True
            above = self._parents.get(id(above))
        return False

    def _is_named_again(self, node: ast.AST) -> bool:
        while not isinstance(node, ast.stmt):
            node = self._parents[id(node)]
        return isinstance(node, ast.Assign) and node.lineno in self._names.lines.values()

    def _use_of(self, node: ast.AST) -> _MetricUse | None:
        """Return what is done with a metric where a node reads it; None where it is no metric."""
        if not isinstance(node, _NAMED) or not isinstance(node.ctx, ast.Load):
            return None
        name = self._names.first_of(node)
        kind = self._kind_of(node) if name else ""
        return _MetricUse(name, kind, node.lineno) if name and kind else None

    def _kind_of(self, node: ast.expr) -> str:
        """Return what is done with a metric; '' where it is named, or asked whether it was used."""
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Call) and parent.func is node:
            return "update"
        is_asked = isinstance(parent, ast.Attribute) and parent.attr in _ASKED
        if is_asked or self._is_named_again(node):
            return ""
        if isinstance(parent, ast.Attribute):
            above = self._parents.get(id(parent))
            if not isinstance(above, ast.Call) or above.func is not parent:
                return "other"
            kinds = {"compute": "told", "reset": "reset"} | dict.fromkeys(_UPDATES, "update")
            return kinds.get(parent.attr, "other")
        if isinstance(parent, ast.keyword | ast.Dict):
            parent = self._parents.get(id(parent))
            if isinstance(parent, ast.keyword):
                parent = self._parents.get(id(parent))
        return _kind_of_log(parent)


def _kind_of_log(call: ast.AST | None) -> str:
    """Return "told" of a call that logs a metric's state over an epoch, "step" of a batch alone."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=attr)) if attr in _LOGS:
            given = {each.arg: each.value for each in call.keywords}
            match given.get("on_epoch"):
                case ast.Constant(value=False):
                    return "step"
                case None | ast.Constant(value=True) if None not in given:
                    return "told"
    return "other"
