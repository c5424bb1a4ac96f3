"""Remainders that are taken of a part of a sum: `step + 1 % every == 0`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope


def find_misplaced_remainders(scope: Scope) -> Iterator[Slip]:
    """Give each comparison of `a + b % n` with zero, which `%` binds to `b` alone.

    Of things that are counted from zero on, it holds at most once, at the start.
    """
    for node in scope.nodes():
        match node:
            case ast.Compare(
                left=ast.BinOp(
                    left=ast.Name() | ast.Attribute(),
                    op=ast.Add(),
                    right=ast.BinOp(left=part, op=ast.Mod(), right=every),
                ) as asked,
                ops=[ast.Eq()],
                comparators=[ast.Constant(value=0)],
            ) if not isinstance(part, ast.Constant) or part.value:
                whole = f"({ast.unparse(asked.left)} + {ast.unparse(part)}) % {ast.unparse(every)}"
                yield Slip(node.lineno, "remainder", ast.unparse(asked)[:LONGEST], whole[:LONGEST])
