"""Inputs that are cut by a drawn order, and targets that are cut by the order they stand in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from backtrace.recording.source.data.shuffled_apart import (
    ShuffledApart,
    belong_together,
    draws_order,
)
from backtrace.recording.source.source_file import Scope, assigned_pairs, names_in

_NEAR = 2  # lines between the two


class _RowsCut(NamedTuple):
    line: int
    made: str
    of: str
    by: ast.expr


def find_cut_apart(scope: Scope) -> Iterator[ShuffledApart]:
    """Give the first `x, y = X[order[:n]], Y[:n]` of a scope: these are no longer the same rows."""
    orders = _orders_in(scope)
    if not orders:
        return
    cuts = [each for node in scope.statements() for each in _cuts(node)]
    for one, other in combinations(cuts, 2):
        if abs(other.line - one.line) > _NEAR:
            continue
        if not belong_together(one.made, other.made) or not belong_together(one.of, other.of):
            continue
        drawn = [bool(names_in(each.by) & orders) for each in (one, other)]
        plain = [isinstance(each.by, ast.Slice) for each in (one, other)]
        if drawn[0] != drawn[1] and plain[drawn.index(False)]:
            by_order, kept = (one, other) if drawn[0] else (other, one)
            if kept.of not in orders:
                yield ShuffledApart(by_order.line, by_order.of, kept.of, False)
                return


def _orders_in(scope: Scope) -> set[str]:
    """Return the variables that hold an order that was drawn, or were made by one."""
    orders: set[str] = set()
    for node in scope.statements():
        for target, value in assigned_pairs(node):
            if isinstance(target, ast.Name) and (draws_order(value) or names_in(value) & orders):
                orders.add(target.id)
    return orders


def _cuts(node: ast.stmt) -> Iterator[_RowsCut]:
    for target, value in assigned_pairs(node):
        match target, value:
            case ast.Name(id=made), ast.Subscript(value=ast.Name(id=of), slice=by):
                yield _RowsCut(node.lineno, made, of, by)
