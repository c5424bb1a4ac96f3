"""The lines of a file that freeze something, each with what it is called there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import walk


@dataclass(frozen=True)
class WrittenFreeze:
    """`line` sets `requires_grad` of `name` to False."""

    line: int
    name: str


def find_freezes(scope: Scope) -> Iterator[WrittenFreeze]:
    """Give each line that freezes something."""
    for node in walk(scope.tree) if scope.name == "" else ():
        match node:
            case (
                ast.Assign(
                    targets=[ast.Attribute(value=owner, attr="requires_grad")],
                    value=ast.Constant(value=False),
                )
                | ast.Call(
                    func=ast.Attribute(value=owner, attr="requires_grad_"),
                    args=[ast.Constant(value=False)],
                )
            ):
                yield WrittenFreeze(node.lineno, ast.unparse(owner))
