"""The one line of a file that freezes anything, where there is no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import walk


@dataclass(frozen=True)
class LoneFreeze:
    """`line` sets `requires_grad` of `name` to False, as no other line of the file does."""

    line: int
    name: str


def find_lone_freeze(scope: Scope) -> Iterator[LoneFreeze]:
    """Give the line that freezes something, if the file has one such line alone."""
    if scope.name == "":
        found = list(_find_freezes(scope.tree))
        if len(found) == 1:
            yield from found


def _find_freezes(tree: ast.Module) -> Iterator[LoneFreeze]:
    for node in walk(tree):
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
                yield LoneFreeze(node.lineno, ast.unparse(owner))
