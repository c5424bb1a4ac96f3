"""Slots of a buffer that one turn of a loop writes twice, and that nothing reads in between."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from backtrace.recording.source.bound_calls import root_of
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    names_in,
    opened,
    word_set,
)
from backtrace.recording.source.walks import own_nodes

_MADE = word_set("zeros empty ones full zeros_like empty_like ones_like full_like new_zeros")


def find_slots_written_twice(scope: Scope) -> Iterator[Slip]:
    """Give each second write; `beside` is the line of the first.

    The buffer is made by a call such as `zeros`, and the slot is the turn's own. A first value that
    is a constant is the one where nothing else is known, and is left out.
    """
    made = set(_find_buffers(scope))
    if not made:
        return
    for loop in scope.nodes():
        if not isinstance(loop, ast.For):
            continue
        turn = names_in(loop.target)
        first: dict[str, ast.Assign] = {}
        for node in opened(loop.body):
            match node:
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name)) as slot]):
                    names = names_in(slot.slice)
                    text = ast.unparse(slot)
                    if name not in made or not names & turn or names - turn:
                        continue
                    before = first.get(text)
                    if before is not None and _is_lost(scope, loop, before, node, name):
                        yield Slip(node.lineno, "slot", text, str(before.lineno))
                    first[text] = node


def _find_buffers(scope: Scope) -> Iterator[str]:
    """Give the variables that are written to once, by a call that makes a tensor of one value."""
    given = [pair for node in scope.statements() for pair in assigned_pairs(node)]
    stores = Counter(
        node.id
        for node in scope.nodes()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    for target, value in given:
        if isinstance(target, ast.Name) and stores[target.id] == 1 and _is_buffer(value):
            yield target.id


def _is_buffer(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and called_name(value.func) in _MADE


def _is_lost(scope: Scope, loop: ast.For, first: ast.Assign, second: ast.Assign, name: str) -> bool:
    """Whether nothing reads what the first of two writes wrote, before another takes its place."""
    if isinstance(first.value, ast.Constant) or _is_buffer(first.value):
        return False
    if ast.unparse(first.value) == ast.unparse(second.value) and not _is_anew(loop, first, second):
        return False
    slots = [each for node in (first, second) for each in node.targets]
    own = {id(each.value) for each in slots if isinstance(each, ast.Subscript)}
    for node in own_nodes(loop):
        inside = first.lineno <= getattr(node, "lineno", 0) <= (second.end_lineno or 0)
        if inside and isinstance(node, ast.Name) and node.id == name and id(node) not in own:
            return False
    return not scope.is_read_inside(name) and _is_read_later(scope, loop, name)


def _is_anew(loop: ast.For, first: ast.Assign, second: ast.Assign) -> bool:
    """Whether what both write is written to in between: `done = step()`."""
    names = {root_of(first.value)} if isinstance(first.value, ast.Name | ast.Attribute) else set()
    return any(
        isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Store)
        and node.id in names
        and first.lineno < node.lineno < second.lineno
        for node in own_nodes(loop)
    )


def _is_read_later(scope: Scope, loop: ast.For, name: str) -> bool:
    """Whether a buffer is read behind the loop that fills it."""
    last = loop.end_lineno or loop.lineno
    return any(
        isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
        and node.lineno > last
        for node in scope.nodes()
    )
