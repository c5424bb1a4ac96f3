"""The one line of a file that asks whether all labels begin with a token."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.lines.lone_lines import LoneLine
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import walk


def find_start_checks(scope: Scope) -> Iterator[LoneLine]:
    """Give the line of `(labels[:, 0] == start).all()`, if there is one, of transformers' users."""
    if scope.name or "transformers" not in packages_in(scope.tree):
        return
    lines = {line for node in walk(scope.tree) if (line := _line_of(node))}
    if len(lines) == 1:
        yield LoneLine(lines.pop(), "start-check", 1, 0)


def _line_of(node: ast.AST) -> int:
    match node:
        case ast.Call(func=func) if called_name(func) == "all":
            firsts = [each for each in walk(node) if _is_of_first(each)]
            return node.lineno if firsts else 0
    return 0


def _is_of_first(node: ast.AST) -> bool:
    match node:
        case ast.Compare(
            left=ast.Subscript(
                value=value, slice=ast.Tuple(elts=[ast.Slice(), ast.Constant(value=0)])
            ),
            ops=[ast.Eq()],
        ):
            return "label" in ast.unparse(value).lower()
    return False
