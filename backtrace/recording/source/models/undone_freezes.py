"""Parameters that are frozen and, before anything is trained, unfrozen again with all others."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from backtrace.recording.source.source_file import Scope, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_TRAINS = word_set("train fit run step epoch backward main finetune loop warmup probe evaluate")
_LAST = 1_000_000  # a line after all others


@dataclass(frozen=True)
class UndoneFreeze:
    """In `line` all of `model` is unfrozen, of which something was frozen in `frozen_at`."""

    line: int
    model: str
    frozen_at: int


@dataclass(frozen=True)
class _Switch:
    """What a statement does to `requires_grad` of `model`, and from where to where in its scope.

    A place is a line, and the line in the function that is called there, if one is. `written` is
    what the model is called in `line`.
    """

    at: tuple[int, int]
    end: tuple[int, int]
    line: int
    model: str
    written: str
    is_on: bool
    is_whole: bool
    branches: frozenset[tuple[int, bool]] = frozenset()  # of which `if`, and whether its first


@dataclass(frozen=True)
class _Use:
    """A call, or a loop, that may train; of a model called `by_name`, or of any if that is ''."""

    at: tuple[int, int]
    by_name: str = ""


@dataclass(frozen=True)
class _Callee:
    """A function of the file: its parameters, what it switches, and the lines that may train."""

    arguments: tuple[str, ...]
    switches: tuple[_Switch, ...]
    busy: tuple[int, ...]


def find_undone_freezes(scope: Scope) -> Iterator[UndoneFreeze]:
    """Give each freeze that is undone with nothing that trains in between.

    Both may stand in the scope, or in functions of the file that it calls with the model.
    """
    callees = _find_callees(scope.tree)
    if not callees:  # nothing in the file is switched
        return
    nodes = tuple(scope.nodes())
    found = [each for node in nodes for each in _read_node(node, callees)]
    frozen: list[_Switch] = []
    for each in sorted(found, key=lambda each: each.at):
        if isinstance(each, _Use):
            frozen = [switch for switch in frozen if not _is_used(switch, each)]
        elif not each.is_on:
            frozen.append(each)
        else:
            for before in frozen:
                is_of_it = f"{before.model}.".startswith(f"{each.model}.")
                is_after = before.end < each.at and not _are_choices(nodes, before, each)
                if each.is_whole and is_of_it and is_after:
                    yield UndoneFreeze(each.line, each.written, before.line)
            frozen = []


def _is_used(switch: _Switch, use: _Use) -> bool:
    """Whether what was frozen is used so: a graph that is made of it goes round what is frozen."""
    is_of_it = f"{switch.model}.".startswith(f"{use.by_name}.") or not use.by_name
    return is_of_it and switch.end < use.at


def _read_node(node: ast.AST, callees: dict[str, _Callee]) -> Iterator[_Switch | _Use]:
    """Give what a node switches, itself or by a function that it calls, and where it trains."""
    match node:
        case ast.stmt() if (switch := _read_switch(node)) is not None:
            yield switch
        case ast.For() | ast.While():
            yield _Use((node.lineno, 0))
        case ast.Call():
            name = _name_of(node.func)
            callee = callees.get(name)
            if words_of(name) & _TRAINS:
                yield _Use((node.lineno, 0))
            elif callee is not None:
                yield from _read_call(node, callee)
            else:
                yield from (_Use((node.lineno, 0), each) for each in _used_in(node))


def _used_in(call: ast.Call) -> Iterator[str]:
    """Give what a call calls, and what it is given along with data: a loss may call that."""
    yield ast.unparse(call.func)
    if len(call.args) > 1:
        yield from (ast.unparse(each) for each in call.args)


def _read_call(node: ast.Call, callee: _Callee) -> Iterator[_Switch | _Use]:
    given = [ast.unparse(each) for each in node.args]
    arguments = callee.arguments
    if isinstance(node.func, ast.Attribute) and arguments[:1] == ("self",):
        given.insert(0, ast.unparse(node.func.value))
    named = {each.arg: ast.unparse(each.value) for each in node.keywords if each.arg}
    called = {**dict(zip(arguments, given, strict=False)), **named}
    for switch in callee.switches:
        root, dot, rest = switch.model.partition(".")
        if root in called:
            at, end = (node.lineno, switch.line), (node.lineno, switch.end[0])
            yield replace(switch, at=at, end=end, model=called[root] + dot + rest)
    for line in callee.busy:
        yield _Use((node.lineno, line))


@lru_cache(maxsize=8)
def _find_callees(tree: ast.Module) -> dict[str, _Callee]:
    """Return the functions of a file that switch or train; none where nothing is unfrozen.

    What the file's own lines do is under ''. Of several functions of a name nothing is known.
    """
    if not {True, False} <= {_read_write(node) for node in walk(tree)}:
        return {}
    found = {"": _Callee((), (), ())}
    names: set[str] = set()
    for node in walk(tree):
        if not isinstance(node, Function):
            continue
        inside = tuple(own_nodes(node))
        switches = tuple(
            replace(switch, branches=_branches_at(inside, switch.line))
            for each in inside
            if isinstance(each, ast.stmt) and (switch := _read_switch(each)) is not None
        )
        busy = tuple(_find_busy(inside, {each.model for each in switches}))
        if node.name in names:
            found.pop(node.name, None)
        elif switches or busy:
            given = tuple(each.arg for each in node.args.args)
            found[node.name] = _Callee(given, switches, busy)
        names.add(node.name)
    return found


def _find_busy(nodes: Sequence[ast.AST], switched: set[str]) -> Iterator[int]:
    """Give the lines of a function that train, that loop, or that use what is switched in it."""
    for node in nodes:
        match node:
            case ast.Call() if words_of(_name_of(node.func)) & _TRAINS:
                yield node.lineno
            case ast.Call() if switched.intersection(_used_in(node)):
                yield node.lineno
            case ast.For() | ast.While() if _read_switch(node) is None:
                yield node.lineno


def _are_choices(nodes: Sequence[ast.AST], one: _Switch, other: _Switch) -> bool:
    """Whether one stands in one branch of an `if` and the other in its other, or in another `if`.

    What a first update freezes and a later one unfreezes stands so.
    """
    first, second = (each.branches | _branches_at(nodes, each.at[0]) for each in (one, other))
    if any((line, not is_first) in second for line, is_first in first):
        return True
    one_in, other_in = ({line for line, _ in each} for each in (first, second))
    return bool(one_in - other_in) and bool(other_in - one_in)


def _branches_at(nodes: Sequence[ast.AST], line: int) -> frozenset[tuple[int, bool]]:
    return frozenset(
        (node.lineno, not node.orelse or line < node.orelse[0].lineno)
        for node in nodes
        if isinstance(node, ast.If) and node.lineno <= line <= (node.end_lineno or line)
    )


def _read_switch(node: ast.stmt) -> _Switch | None:
    """Return what a statement does to `requires_grad`: a loop over parameters, or a call."""
    owner: ast.expr | None = None
    is_on, is_whole = None, True
    match node:
        case ast.For(iter=ast.Call(func=ast.Attribute(value=owner, attr=given))):
            if given in ("parameters", "named_parameters"):
                for part in walk(node):
                    if (is_on := _read_write(part)) is not None:
                        is_whole = part in node.body
                        break
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner))):
            is_on = _read_write(node)
    if owner is None or is_on is None:
        return None
    model, end = ast.unparse(owner), (node.end_lineno or node.lineno, _LAST)
    return _Switch((node.lineno, 0), end, node.lineno, model, model, is_on, is_whole)


def _read_write(node: ast.AST) -> bool | None:
    """Return what a node writes to `requires_grad`; None where it writes no such thing."""
    match node:
        case ast.Assign(targets=[ast.Attribute(attr="requires_grad")], value=ast.Constant(value)):
            return bool(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="requires_grad_"), args=args)):
            told = args[0] if args else ast.Constant(True)
            return bool(told.value) if isinstance(told, ast.Constant) else None
    return None


def _name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ast.unparse(function).rpartition(".")[2]
