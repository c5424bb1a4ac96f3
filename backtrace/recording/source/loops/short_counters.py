"""Remainders of a number that never grows so far: `optimizer_idx % n_critic` of two optimizers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.plain_numbers import numbers_given
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Given, Scope, called_name, given_once
from backtrace.recording.source.walks import own_calls, walk

_FEWEST = 2
_STEPS = ("step", "optimizer_step")


def find_short_counters(scope: Scope) -> Iterator[Slip]:
    """Give each `if i % n == 0` before a step, where `i` counts fewer than `n` and one things.

    These stand in the loop as a tuple or a list. A remainder of a number that stands in its place,
    `i % 2`, says which of them is meant, and is left out. `every` is how many they are.
    """
    given: Given | None = None
    for loop in scope.nodes():
        if not isinstance(loop, ast.For) or not _steps([loop]):
            continue
        given = given_once(scope) if given is None else given
        counter, most = _counted(loop, given)
        if most < _FEWEST or any(_is_written(node, counter) for node in walk(loop)):
            continue
        for block in _blocks(loop):
            for at, node in enumerate(block):
                asked = _asked(node, block[at + 1 :], counter)
                numbers = numbers_given(called_name(asked.right), scope.tree) if asked else []
                if asked and numbers and all(each >= most for each in numbers):
                    name = f"{ast.unparse(asked)} == 0"
                    yield Slip(node.lineno, "short-counter", name[:LONGEST], counter, most)


def _counted(loop: ast.For, given: Given) -> tuple[str, int]:
    """Return what counts the things that a loop goes through, and how many they are."""
    match loop.target, loop.iter:
        case (
            ast.Tuple(elts=[ast.Name(id=counter), _]),
            ast.Call(func=ast.Name(id="enumerate"), args=[things], keywords=[]),
        ):
            return counter, _length(things, given)
        case ast.Name(id=counter), ast.Tuple(elts=things) | ast.List(elts=things):
            numbers = [each.value for each in things if isinstance(each, ast.Constant)]
            is_count = numbers == [*range(len(things))]
            return (counter, len(things)) if is_count else ("", 0)
    return "", 0


def _length(things: ast.expr, given: Given) -> int:
    """Return how many things stand in a tuple, in one that is given a name, or in a zip; or 0."""
    match things:
        case ast.Tuple(elts=found) | ast.List(elts=found):
            return 0 if any(isinstance(each, ast.Starred) for each in found) else len(found)
        case ast.Name(id=name) if isinstance(given.get(name), ast.Tuple | ast.List):
            return _length(given[name], {})
        case ast.Call(func=ast.Name(id="zip"), args=found):
            return min((n for each in found if (n := _length(each, given))), default=0)
    return 0


def _asked(node: ast.stmt, behind: list[ast.stmt], counter: str) -> ast.BinOp | None:
    """Return the remainder of a counter that must be zero where an optimizer is to step."""
    if not isinstance(node, ast.If):
        return None
    guarded = node.body
    match node.test:
        case ast.Compare(
            left=ast.BinOp(op=ast.Mod()) as asked,
            ops=[ast.Eq() | ast.NotEq() as wanted],
            comparators=[ast.Constant(value=0)],
        ):
            is_zero = isinstance(wanted, ast.Eq)
        case ast.UnaryOp(op=ast.Not(), operand=ast.BinOp(op=ast.Mod()) as asked):
            is_zero = True
        case ast.BinOp(op=ast.Mod()) as asked:
            is_zero = False
        case _:
            return None
    if not is_zero:
        leaves = isinstance(node.body[-1], ast.Continue)
        guarded = behind if leaves else node.orelse
    is_counter = isinstance(asked.left, ast.Name) and asked.left.id == counter
    is_named = isinstance(asked.right, ast.Name | ast.Attribute)
    return asked if is_counter and is_named and _steps(guarded) else None


def _blocks(loop: ast.For) -> Iterator[list[ast.stmt]]:
    """Give the statements of a loop, and those within others of it."""
    for node in walk(loop):
        for part in ("body", "orelse"):
            if isinstance(block := getattr(node, part, None), list):
                yield block


def _steps(block: list[ast.stmt]) -> bool:
    return any(
        isinstance(each, ast.Call) and called_name(each.func) in _STEPS
        for node in block
        for each in own_calls(node)
    )


def _is_written(node: ast.AST, counter: str) -> bool:
    return isinstance(node, ast.AugAssign) and (
        isinstance(node.target, ast.Name) and node.target.id == counter
    )
