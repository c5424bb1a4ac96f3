"""Steps that stand in the loop in which their backward stands, under a condition or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import Scope

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_APART = (*_LOOPS, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class InnerStep:
    """`line` calls `step` in the innermost loop of a backward."""

    line: int


def find_inner_steps(scope: Scope) -> Iterator[InnerStep]:
    """Give each call of a `step` in an innermost loop that calls `backward` as well.

    Where a loop is inside, that one may be what goes over the batches.
    """
    for loop in scope.nodes():
        if isinstance(loop, _LOOPS) and not any(_has_loop(each) for each in loop.body):
            called = list(_own_calls(loop))
            if any(name == "backward" for name, _ in called):
                yield from (InnerStep(line) for name, line in called if name == "step")


def _has_loop(node: ast.AST) -> bool:
    return isinstance(node, _LOOPS) or any(map(_has_loop, ast.iter_child_nodes(node)))


def _own_calls(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Give the methods that a loop's lines call, those of loops and functions inside left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _APART):
            continue
        match child:
            case ast.Call(func=ast.Attribute(attr=name)):
                yield name, child.lineno
        yield from _own_calls(child)
