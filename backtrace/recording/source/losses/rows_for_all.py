"""Weights of a loss's elements that are made of one row of the batch alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, names_in
from backtrace.recording.source.walks import walk

_ENDS = ("loss", "entropy", "logits", "div")


def find_rows_for_all(scope: Scope) -> Iterator[Slip]:
    """Give the first weight that is made of one row, by number, of both sides of a loss.

    The loss is taken of all rows, element by element, and multiplied by the weight.
    """
    given = [
        (node.lineno, node.targets[0].id, node.value)
        for node in scope.statements()
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    for _, loss, value in given:
        for row, line, name in _rows(given, _compared(value)):
            if _is_multiplied(scope, given, loss, name):
                yield Slip(line, "row-for-all", name[:LONGEST], row[:LONGEST])
                return


def _compared(value: ast.expr) -> tuple[str, ...]:
    """Return the names that a loss without reduction compares, () of anything else."""
    match value:
        case ast.Call(func=func, args=[ast.Name(id=one), ast.Name(id=other), *_]):
            asked = {each.arg: each.value for each in value.keywords}
            how = asked.get("reduction")
            if called_name(func).endswith(_ENDS) and isinstance(how, ast.Constant):
                return (one, other) if how.value == "none" and one != other else ()
    return ()


def _rows(
    given: list[tuple[int, str, ast.expr]], compared: tuple[str, ...]
) -> Iterator[tuple[str, int, str]]:
    """Give what is made of one row of both: the row as it is written, the line and the name."""
    for line, name, value in given if compared else ():
        rows = {
            ast.unparse(node.slice): node.value.id
            for node in walk(value)
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)
            if ast.unparse(node.slice) in ("0", "-1") and node.value.id in compared
        }
        both = {
            node.value.id
            for node in walk(value)
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)
        }
        if len(rows) == 1 and set(compared) <= both and not _used_whole(value, compared):
            yield f"{compared[0]}[{next(iter(rows))}]", line, name


def _used_whole(value: ast.expr, compared: tuple[str, ...]) -> bool:
    """Whether one of the two stands in it without a place, as well."""
    placed = [node.value for node in walk(value) if isinstance(node, ast.Subscript)]
    return any(
        isinstance(node, ast.Name) and node.id in compared and not any(node is p for p in placed)
        for node in walk(value)
    )


def _is_multiplied(
    scope: Scope, given: list[tuple[int, str, ast.expr]], loss: str, name: str
) -> bool:
    """Whether the loss is multiplied by what the row has been made into."""
    made = {name}
    for _, target, value in given:
        if names_in(value) & made and loss not in names_in(value):
            made.add(target)
    for node in scope.nodes():
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                sides = names_in(left), names_in(right)
                if any(loss in one and made & other for one, other in (sides, sides[::-1])):
                    return True
    return False
