"""The last place of an output that was packed, taken for each row's last state."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name


def find_packed_ends(scope: Scope) -> Iterator[Slip]:
    """Give each `output[:, -1]` of an output that `pad_packed_sequence` filled up with zeros.

    `name` is how it is written, `beside` the output. One that is given a new value in between may
    be anything.
    """
    padded: dict[str, tuple[int, bool]] = {}
    for statement in scope.statements():
        if isinstance(statement, ast.Assign) and (name := _padded_name(statement)):
            padded[name] = statement.lineno, _is_batch_first(statement.value)
    for name, (line, batch_first) in padded.items():
        stored = [
            node.lineno
            for node in scope.nodes()
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        ]
        for node in scope.nodes():
            match node:
                case ast.Subscript(value=ast.Name(id=used), ctx=ast.Load()) if used == name:
                    is_between = any(line < each <= node.lineno for each in stored)
                    if node.lineno > line and not is_between and _is_end(node, batch_first):
                        told = ast.unparse(node)[:LONGEST]
                        yield Slip(node.lineno, "packed-end", told, name)


def _padded_name(node: ast.Assign) -> str:
    """Return the variable that a statement gives a padded output to."""
    match node.targets, node.value:
        case [ast.Tuple(elts=[ast.Name(id=name), _])], ast.Call(func=func):
            pass
        case [ast.Name(id=name)], ast.Subscript(ast.Call(func=func), ast.Constant(value=0)):
            pass
        case _:
            return ""
    return name if called_name(func) == "pad_packed_sequence" else ""


def _is_batch_first(value: ast.expr) -> bool:
    call = value.value if isinstance(value, ast.Subscript) else value
    if not isinstance(call, ast.Call):
        return False
    given = [each.value for each in call.keywords if each.arg == "batch_first"] + call.args[1:2]
    return any(isinstance(each, ast.Constant) and each.value is True for each in given)


def _is_end(node: ast.Subscript, batch_first: bool) -> bool:
    place = node.slice
    if isinstance(place, ast.Tuple) and place.elts:
        first, *rest = place.elts
        if batch_first:
            return _is_whole(first) and bool(rest) and _is_last(rest[0])
        return _is_last(first)
    return not batch_first and _is_last(place)


def _is_whole(place: ast.expr) -> bool:
    return isinstance(place, ast.Slice) and place.lower is place.upper is place.step is None


def _is_last(place: ast.expr) -> bool:
    match place:
        case ast.UnaryOp(ast.USub(), ast.Constant(value=1)):
            return True
    return False
