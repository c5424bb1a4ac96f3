"""Batches that a resumed run skips in every epoch, and not in the one that it goes on in alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    opened,
    parents_in,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_RANGES = ("range", "trange")
_COUNT = 1  # the argument of `skip_first_batches` that says how many


def find_skipped_each_epoch(scope: Scope) -> Iterator[Slip]:
    """Give the lines that skip, with how many, and in `beside` the line of the loop over epochs."""
    if "accelerate" not in packages_in(scope.tree):
        return
    for node in scope.nodes():
        if isinstance(node, ast.Call) and called_name(node.func) == "skip_first_batches":
            count = _count_of(node)
            loop = _loop_around(node, scope) or _loop_behind(node, scope)
            if count is not None and loop is not None:
                name = ast.unparse(count)
                yield Slip(node.lineno, "skipped-each-epoch", name, str(loop.lineno))


def _count_of(call: ast.Call) -> ast.expr | None:
    """Return how many batches are skipped, if it is one number under one name."""
    given = [each.value for each in call.keywords if each.arg == "num_batches"]
    given += call.args[_COUNT : _COUNT + 1]
    if any(isinstance(each, ast.Starred) for each in call.args) or len(given) != 1:
        return None
    return given[0]


def _loop_around(call: ast.Call, scope: Scope) -> ast.For | None:
    """Return the loop over epochs that a call stands in, where nothing tells these apart."""
    parents = parents_in(scope.tree)
    read: list[ast.AST] = [*call.args[_COUNT:], *_given(call)]
    below: ast.AST = call
    above = parents.get(id(call))
    while above is not None and above is not scope.node:
        match above:
            case ast.For() if below in above.body:
                is_apart = _is_told_apart(read, above, scope)
                return above if _is_over_epochs(above) and not is_apart else None
            case ast.While() | ast.ExceptHandler():
                return None
            case ast.If(test=test) | ast.IfExp(test=test):
                read.append(test)
        below, above = above, parents.get(id(above))
    return None


def _given(call: ast.Call) -> list[ast.expr]:
    return [each.value for each in call.keywords if each.arg != "dataloader"]


def _is_over_epochs(loop: ast.For) -> bool:
    """Whether a loop counts, and goes through batches inside."""
    counts = any(
        isinstance(node, ast.Call) and called_name(node.func) in _RANGES for node in walk(loop.iter)
    )
    return counts and any(isinstance(node, ast.For) for node in own_nodes(loop))


def _is_told_apart(read: list[ast.AST], loop: ast.For, scope: Scope) -> bool:
    """Whether something that is read changes from one epoch to the next."""
    written = _written_in(loop)
    called = {called_name(node.func) for node in own_nodes(loop) if isinstance(node, ast.Call)}
    for each in walk(scope.tree):
        if isinstance(each, Function) and each.name in called:
            written |= _written_in(each)
    owners = {
        node.func.value.id
        for node in own_nodes(loop)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
    }
    for part in read:
        for node in walk(part):
            match node:
                case ast.Name(id=name) if name in written:
                    return True
                case ast.Attribute(value=owner, attr=attr):
                    holds = owner.id if isinstance(owner, ast.Name) else ""
                    if attr in written or holds in owners - {"self"}:
                        return True
                    if holds == "" and not isinstance(owner, ast.Name):
                        return True  # what `self.tracker` counts, its own methods may set back
                case ast.Call(func=func) if called_name(func) not in ("int", "len", "max", "min"):
                    return True
    return False


def _written_in(node: ast.AST) -> set[str]:
    """Return the names and attributes that are written in something."""
    return {
        each.id if isinstance(each, ast.Name) else each.attr
        for each in own_nodes(node)
        if isinstance(each, ast.Name | ast.Attribute) and not isinstance(each.ctx, ast.Load)
    }


def _loop_behind(call: ast.Call, scope: Scope) -> ast.For | None:
    """Return the loop over epochs that goes through what a call gave in front of it."""
    match parents_in(scope.tree).get(id(call)):
        case ast.Assign(targets=[ast.Name(id=name)]) as kept:
            pass
        case _:
            return None
    for block in scope.blocks:
        statements = list(opened(block))
        found = [each for each in statements if kept is each or kept in own_nodes(each)]
        for loop in statements[statements.index(found[0]) + 1 :] if found else ():
            if name in _written_in(loop):
                break
            if isinstance(loop, ast.For) and _is_over_epochs(loop) and _goes_through(loop, name):
                return loop
    return None


def _goes_through(loop: ast.For, name: str) -> bool:
    """Whether all batches of each epoch are those of a loader of this name."""
    return any(
        isinstance(each, ast.For) and name in names_in(each.iter) for each in opened(loop.body)
    )
