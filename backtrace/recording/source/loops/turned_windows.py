"""Steps under an `if` that asks for the remainder the wrong way round: `if i % n: step()`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from backtrace.recording.source.loops.unguarded_steps import is_optimizers_step, stepped_name
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import walk


def find_turned_windows(scope: Scope) -> Iterator[Slip]:
    """Give each `if i % n` that steps and clears what a backward before it in its block made.

    `every` is the last line of the `if`. Nothing else of the block steps or clears, and there is no
    `else`, where two optimizers take turns.
    """
    for block in scope.blocks:
        for place, node in enumerate(block):
            if not isinstance(node, ast.If) or node.orelse:
                continue
            remainder = _asked_remainder(node.test)
            if remainder is None or not _is_made_before(block[:place]):
                continue
            stepped = _stepped(node.body)
            if stepped and not _steps_or_clears([*block[:place], *block[place + 1 :]]):
                yield Slip(
                    node.lineno,
                    "window-turned",
                    ast.unparse(remainder)[:LONGEST],
                    stepped,
                    node.end_lineno or node.lineno,
                )


def _asked_remainder(test: ast.expr) -> ast.BinOp | None:
    """Return the remainder that an `if` wants to be other than zero."""
    match test:
        case ast.BinOp(op=ast.Mod()):
            return test
        case ast.Compare(
            left=ast.BinOp(op=ast.Mod()) as remainder,
            ops=[ast.NotEq() | ast.Gt()],
            comparators=[ast.Constant(value=0)],
        ):
            return remainder
    return None


def _is_made_before(before: list[ast.stmt]) -> bool:
    return any(_owner_of(each, "backward") for each in _calls(before))


def _stepped(inside: list[ast.stmt]) -> str:
    """Return the optimizer that a block steps and clears, without a backward; '' for none."""
    own = list(_calls(inside))
    cleared = {owner for each in own if (owner := _owner_of(each, "zero_grad"))}
    if cleared and not any(_owner_of(each, "backward") for each in own):
        for each in own:
            name = stepped_name(each)
            if is_optimizers_step(each) or (_owner_of(each, "step") and name in cleared):
                return name
    return ""


def _steps_or_clears(around: list[ast.stmt]) -> bool:
    return any(_owner_of(each, "zero_grad") or is_optimizers_step(each) for each in _calls(around))


def _calls(nodes: Iterable[ast.stmt]) -> Iterator[ast.Call]:
    return (each for node in nodes for each in walk(node) if isinstance(each, ast.Call))


def _owner_of(call: ast.Call, method: str) -> str:
    """Return what a method of this name is called of; '' where it is another call."""
    match call.func:
        case ast.Attribute(value=owner, attr=name) if name == method:
            return ast.unparse(owner)
    return ""
