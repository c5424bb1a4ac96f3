"""Metrics that are computed again and again, and that nothing ever sets back to their start."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.metric_classes import (
    MOVED,
    MetricClasses,
    read_metric_classes,
)
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, parents_in, word_set
from backtrace.recording.source.walks import Function, walk

# Where Lightning ends an epoch; tests are made once.
_HOOKS = word_set(
    "on_validation_epoch_end validation_epoch_end on_train_epoch_end training_epoch_end "
    "on_validation_end on_train_epoch_start on_validation_epoch_start"
)
_LOOPS = ast.For | ast.While


def find_unreset_metrics(scope: Scope) -> Iterator[Slip]:
    """Give the lines that compute a metric of torchmetrics in each epoch, which nothing resets.

    A metric that is handed to anything, such as `self.log`, may be reset there, and is left out.
    """
    if not isinstance(scope.node, ast.Module):
        return
    if classes := read_metric_classes(scope.tree):
        yield from _Metrics(scope.tree, classes).find()


class _Metrics:
    """What a file does with its metrics."""

    def __init__(self, tree: ast.Module, classes: MetricClasses) -> None:
        self._tree = tree
        self._classes = classes
        self._parents = parents_in(tree)
        self._made: dict[str, list[ast.Assign]] = {}
        self._uses: dict[str, list[ast.AST]] = {}
        self._calls: dict[str, list[ast.Call]] = {}
        for node in walk(tree):
            match node:
                case ast.Assign(targets=[(ast.Name() | ast.Attribute()) as target]):
                    self._made.setdefault(ast.unparse(target), []).append(node)
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                    self._calls.setdefault(name, []).append(node)
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                self._uses.setdefault(ast.unparse(node), []).append(node)

    def find(self) -> Iterator[Slip]:
        """Give each metric of which one alone is made, used by itself, and never reset."""
        metrics = {
            name: made[0]
            for name, made in self._made.items()
            if len(made) == 1 and self._classes.makes(made[0].value)
        }
        if not metrics or any(  # of something else: a loop's variable, a dict of metrics
            isinstance(each, ast.Attribute)
            and each.attr == "reset"
            and ast.unparse(each.value) not in metrics
            for each in walk(self._tree)
        ):
            return
        for name, made in metrics.items():
            uses = [self._use_of(node) for node in self._uses.get(name, ())]
            kinds = {kind for kind, _ in uses}
            if kinds <= {"compute", "update", "moved"} and {"compute", "update"} <= kinds:
                updates = [node for kind, node in uses if kind == "update"]
                for kind, node in uses:
                    if kind == "compute" and self._comes_again(node, made, updates):
                        yield Slip(node.lineno, "unreset", name)  # type: ignore[attr-defined]
                        break

    def _use_of(self, node: ast.AST) -> tuple[str, ast.AST]:
        """Return what is done with a metric: "compute", "update", "moved", or "other"."""
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Call) and parent.func is node:
            return "update", parent
        if isinstance(parent, ast.Attribute):
            above = self._parents.get(id(parent))
            is_called = isinstance(above, ast.Call) and above.func is parent
            if is_called and parent.attr in ("compute", "update"):
                return parent.attr, parent
            if is_called and parent.attr in MOVED:
                return "moved", parent
        return "other", node

    def _around(self, node: ast.AST) -> list[ast.AST]:
        """Return the loops around a node, the innermost first, and then its function."""
        found: list[ast.AST] = []
        above = self._parents.get(id(node))
        while above is not None:
            if isinstance(above, _LOOPS | Function):
                found.append(above)
            if isinstance(above, Function):
                break
            above = self._parents.get(id(above))
        return found

    def _comes_again(self, node: ast.AST, made: ast.Assign, updates: list[ast.AST]) -> bool:
        """Whether a metric is computed once in each epoch, and made before them all."""
        around, making = self._around(node), self._around(made)
        if around and isinstance(around[0], _LOOPS):
            return around[0] not in making and any(
                around[0] in self._around(each)[1:] for each in updates
            )
        function = around[0] if around else None
        if not isinstance(function, Function) or function in making:
            return False
        if function.name in _HOOKS:
            return True
        calls = self._calls.get(function.name, ())
        return bool(calls) and all(
            isinstance(next(iter(self._around(each)), None), _LOOPS) for each in calls
        )
