"""Rates that are lowered at every so many counts, in a loop of which few turns go on counting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from backtrace.recording.source.lines.lone_lines import writes_rate
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import own_nodes, walk

_SCHEDULERS = word_set("sched scheduler schedulers schedule")
_Loop = ast.For | ast.While


def find_still_counters(scope: Scope) -> Iterator[Slip]:
    """Give each `if count % n == 0` that lowers a rate in every turn in which `count` stands still.

    The loop counts on inside another `if` alone, as where a batch is full. `name` is the counter.
    """
    for loop in scope.nodes():
        if not isinstance(loop, _Loop):
            continue
        guards = [each for each in _within(loop) if isinstance(each, ast.If)]
        for guard in guards:
            name = _counter_of(guard.test)
            if name and _stands_still(name, guard, loop, guards) and _lowers(scope, guard, name):
                yield Slip(guard.lineno, "still-counter", name, ast.unparse(guard.test)[:LONGEST])


def _within(loop: _Loop) -> Iterator[ast.AST]:
    """Give what stands in a loop and in no loop inside."""
    inner = [each for each in own_nodes(loop) if isinstance(each, _Loop)]
    hidden = {id(node) for each in inner for node in own_nodes(each)}
    return (node for node in own_nodes(loop) if id(node) not in hidden)


def _counter_of(test: ast.expr) -> str:
    """Return the counter of `n % k == 0`, which may stand beside `n > 0`; '' for other tests."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    names = set()
    for part in parts:
        match part:
            case ast.Compare(
                left=ast.BinOp(left=ast.Name(id=name), op=ast.Mod()),
                ops=[ast.Eq()],
                comparators=[ast.Constant(value=0)],
            ):
                names.add(name)
            case ast.Compare(left=ast.Name(id=name), ops=[ast.Gt() | ast.NotEq()]):
                names.add(name)
            case ast.Name(id=name):
                names.add(name)
            case _:
                return ""
    has_rest = any(isinstance(each, ast.Mod) for each in walk(test))
    return names.pop() if len(names) == 1 and has_rest else ""


def _stands_still(name: str, guard: ast.If, loop: _Loop, guards: list[ast.If]) -> bool:
    """Whether all that counts on stands in other `if`s without an `else`, each beside the guard."""
    writes = [each for each in own_nodes(loop) if _is_write(each, name)]
    if not writes or not all(isinstance(each, ast.AugAssign) for each in writes):
        return False
    around = [each for each in guards if any(write in own_nodes(each) for write in writes)]
    beside = [each for each in around if guard not in own_nodes(each) and each is not guard]
    free = [each for each in beside if not each.orelse and name not in _names(each.test)]
    held = {id(node) for each in free for node in own_nodes(each)}
    is_for = isinstance(loop, ast.For) and name in _names(loop.target)
    return bool(free) and not is_for and all(id(write) in held for write in writes)


def _is_write(node: ast.AST, name: str) -> TypeGuard[ast.stmt]:
    match node:
        case ast.AugAssign(target=ast.Name(id=found)):
            return found == name
        case ast.Assign(targets=targets):
            return any(name in _names(each) for each in targets)
        case ast.For(target=target):
            return name in _names(target)
    return False


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in walk(node) if isinstance(each, ast.Name)}


def _lowers(scope: Scope, guard: ast.If, counter: str) -> bool:
    """Whether what is guarded lowers a rate, and more each time that it is done.

    A rate that is computed from the counter is the same however often that is done.
    """
    for statement in guard.body:
        for node in walk(statement):
            if writes_rate(node) and not _computes_from(counter, guard.body):
                return True
            if isinstance(node, ast.Call) and _is_lowering(scope, node, counter):
                return True
    return False


def _is_lowering(scope: Scope, call: ast.Call, counter: str) -> bool:
    given = [*call.args, *(each.value for each in call.keywords)]
    match call.func:
        case ast.Attribute(value=owner, attr="step"):
            return not given and bool(words_of(called_name(owner)) & _SCHEDULERS)
    function = scope.find_function(called_name(call.func))
    if function is None or not any(map(writes_rate, walk(function))):
        return False
    taken = [each.arg for each in function.args.args]
    names = [name for name, each in zip(taken, call.args, strict=False) if counter in _names(each)]
    names += [each.arg for each in call.keywords if each.arg and counter in _names(each.value)]
    return not any(_computes_from(name, function.body) for name in names)


def _computes_from(name: str, body: list[ast.stmt]) -> bool:
    """Whether something is assigned that was computed from a variable."""
    assigned = (node for statement in body for node in walk(statement))
    return any(
        isinstance(node, ast.Assign | ast.AugAssign) and name in _names(node.value)
        for node in assigned
    )
