"""Steps that stand in the loop in which their backward stands, under a condition or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import own_nodes

_Loop = ast.For | ast.AsyncFor | ast.While


@dataclass(frozen=True)
class InnerStep:
    """`line` calls `step` in the innermost loop of a backward."""

    line: int


def find_inner_steps(scope: Scope) -> Iterator[InnerStep]:
    """Give each call of a `step` in an innermost loop that calls `backward` as well.

    Where a loop is inside, that one may be what goes over the batches.
    """
    for loop in scope.nodes():
        if isinstance(loop, _Loop):
            nodes = list(own_nodes(loop))
            called = [
                (each.func.attr, each.lineno)
                for each in nodes
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
            ]
            is_innermost = not any(isinstance(each, _Loop) for each in nodes)
            if is_innermost and any(name == "backward" for name, _ in called):
                yield from (InnerStep(line) for name, line in called if name == "step")
