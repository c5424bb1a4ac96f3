"""Functions whose loss is a mean of something, and is divided by the number of its rows again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.row_counts import rows_counted
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Given, Scope, given_once, names_in
from backtrace.recording.source.walks import Function


def find_terms_divided(scope: Scope) -> Iterator[Slip]:
    """Give what a function returns divided by a number of rows, where a term is their mean.

    The rows are those of what the mean is of: a mean of one row, divided by how many there are, is
    a share of the mean over all.
    """
    if not isinstance(scope.node, Function):
        return
    given: Given | None = None
    for node in scope.nodes():
        match node:
            case ast.Return(value=ast.BinOp(left=left, op=ast.Div(), right=size)):
                given = given_once(scope) if given is None else given
                rows = rows_counted(
                    given.get(size.id, size) if isinstance(size, ast.Name) else size
                )
                for term in _terms_of(left) if rows else ():
                    mean = given.get(term.id, term) if isinstance(term, ast.Name) else term
                    if rows in _averaged(mean, given):
                        told = ast.unparse(term)[:LONGEST], ast.unparse(size)[:LONGEST]
                        yield Slip(node.lineno, "term-divided", *told)
                        break


def _terms_of(node: ast.expr) -> Iterator[ast.expr]:
    """Give the terms of a sum, without their signs and the numbers that they are multiplied by."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            yield from _terms_of(left)
            yield from _terms_of(right)
        case (
            ast.UnaryOp(operand=inner) | ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=inner)
        ):
            yield from _terms_of(inner)
        case _:
            yield node


def _averaged(mean: ast.expr, given: Given) -> set[str]:
    """Return the names in what a mean over all is of; none where it is no such mean."""
    match mean:
        case ast.UnaryOp(operand=inner):
            return _averaged(inner, given)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="mean"), args=[of]):
            is_over_all = not mean.keywords
        case ast.Call(func=ast.Attribute(value=of, attr="mean"), args=[], keywords=[]):
            is_over_all = True
        case _:
            return set()
    names = names_in(of) if is_over_all else set()
    return names.union(*(names_in(given[each]) for each in names if each in given))
