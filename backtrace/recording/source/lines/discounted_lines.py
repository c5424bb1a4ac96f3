"""The line of a scope that discounts what comes next: where an episode's end has its say."""

from __future__ import annotations

import ast

from backtrace.recording.source.source_file import Scope, word_set, words_of
from backtrace.recording.source.walks import walk

_DISCOUNTS = word_set("gamma discount")
_LEAST = 0.8  # of a number that discounts


def find_discounted_line(scope: Scope) -> int | None:
    """Return the one statement that multiplies by a discount; None where there are others."""
    lines = {
        statement.lineno
        for statement in scope.statements()
        if not hasattr(statement, "body") and any(map(_discounts, walk(statement)))
    }
    return lines.pop() if len(lines) == 1 else None


def _discounts(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return _is_discount(left) or _is_discount(right)
    return False


def _is_discount(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return not _DISCOUNTS.isdisjoint(words_of(name.lower()))
        case ast.Constant(value=float(number)):
            return _LEAST <= number < 1
    return False
