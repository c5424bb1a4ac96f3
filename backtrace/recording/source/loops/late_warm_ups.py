"""ignite's schedules that are attached to an epoch's end: the first epoch is over before them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, parents_in, word_set
from backtrace.recording.source.walks import Function, walk

_WITH_WARM_UP = "create_lr_scheduler_with_warmup"
_SCHEDULES = word_set("PiecewiseLinear LinearCyclicalScheduler CosineAnnealingScheduler")
_LATE = "EPOCH_COMPLETED"


def find_late_warm_ups(scope: Scope) -> Iterator[Slip]:
    """Give the lines that attach a schedule of the rate to the end of each epoch, and no other.

    Whether its first value is below what the optimizer was made with, the run has to say.
    """
    attached = [each for each in scope.nodes() if _is_attached_late(each)]
    attached += [scope.node] if _is_called_late(scope) else []
    if not attached or "ignite" not in packages_in(scope.tree):
        return
    schedules = _schedules(scope.tree)
    for node in attached:
        if isinstance(node, ast.Call):
            name, line = ast.unparse(node.args[1]), node.lineno
        else:
            calls = [each for each in scope.nodes() if isinstance(each, ast.Call)]
            called = [each for each in calls if ast.unparse(each.func) in schedules]
            if len(called) != 1:
                continue
            name, line = ast.unparse(called[0].func), called[0].lineno
        if name in schedules and _uses_of(name, scope.tree) == 1:
            yield Slip(line, "late-warm-up", name)


def _is_late(event: ast.expr) -> bool:
    match event:
        case ast.Call(func=func, args=[], keywords=[]):
            return _is_late(func)
        case ast.Attribute(attr=name):
            return name == _LATE
    return False


def _is_attached_late(node: ast.AST) -> bool:
    """Whether a handler is attached: `trainer.add_event_handler(Events.EPOCH_COMPLETED, name)`."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr="add_event_handler"),
            args=[event, ast.Name() | ast.Attribute(value=ast.Name(id="self"))],
            keywords=[],
        ):
            return _is_late(event)
    return False


def _is_called_late(scope: Scope) -> bool:
    """Whether a function is a handler of that event: `@trainer.on(Events.EPOCH_COMPLETED)`."""
    if not isinstance(scope.node, Function):
        return False
    for each in scope.node.decorator_list:
        match each:
            case ast.Call(func=ast.Attribute(attr="on"), args=[event]) if _is_late(event):
                return len(scope.node.decorator_list) == 1
    return False


def _schedules(tree: ast.Module) -> set[str]:
    """Return the variables and attributes that are given such a schedule of a rate."""
    found: set[str] = set()
    for node in walk(tree):
        match node:
            case ast.Assign(targets=[target], value=ast.Call() as call) if _is_schedule(call):
                found.add(ast.unparse(target))
    return found


def _is_schedule(call: ast.Call) -> bool:
    name = called_name(call.func)
    if name not in _SCHEDULES:
        return name == _WITH_WARM_UP
    given = [each.value for each in call.keywords if each.arg == "param_name"] + call.args[1:2]
    return any(isinstance(each, ast.Constant) and each.value == "lr" for each in given)


def _uses_of(name: str, tree: ast.Module) -> int:
    """Count where a schedule is called or handed on, its own attributes not among these."""
    parents = parents_in(tree)
    return sum(
        isinstance(each, ast.Name | ast.Attribute)
        and isinstance(each.ctx, ast.Load)
        and ast.unparse(each) == name
        and not isinstance(parents.get(id(each)), ast.Attribute)
        for each in walk(tree)
    )
