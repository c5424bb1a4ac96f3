"""Loops over parameters that give the loop's own name another tensor, and write to none."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.idle_statements import IdleStatement
from backtrace.recording.source.source_file import Scope, names_in
from backtrace.recording.source.walks import own_nodes, walk

_GIVERS = ("parameters", "named_parameters", "buffers", "named_buffers")


def find_rebound_names(scope: Scope) -> Iterator[IdleStatement]:
    """Give each `p = …` in a loop over parameters whose name nothing reads afterwards."""
    for loop in scope.nodes():
        if not isinstance(loop, ast.For) or not _is_over_parameters(loop.iter):
            continue
        turning = names_in(loop.target)
        inside = [each for part in loop.body for each in (part, *own_nodes(part))]
        read = [
            (each.id, each.lineno)
            for each in inside
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
        ]
        for node in inside:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]) if name in turning:
                    last = node.end_lineno or node.lineno
                    if not any(other == name and line > last for other, line in read):
                        yield IdleStatement(node.lineno, f"{name} = …", "rebound", name)


def _is_over_parameters(source: ast.expr) -> bool:
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in _GIVERS
        for each in walk(source)
    )
