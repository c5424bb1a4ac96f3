"""Losses of several terms, of which a mean is divided by the number of its rows again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.losses.means_divided import is_mean
from backtrace.recording.source.row_counts import rows_counted
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Given, Scope, given_once, names_in
from backtrace.recording.source.walks import Function, walk

_MODULES = ("torch", "np", "numpy")


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
                rows = rows_counted(_followed(size, given))
                for term in _terms_of(left) if rows else ():
                    if rows in _averaged(_followed(term, given), given):
                        told = ast.unparse(term)[:LONGEST], ast.unparse(size)[:LONGEST]
                        yield Slip(node.lineno, "term-divided", *told)
                        break


def find_losses_divided(scope: Scope) -> Iterator[Slip]:
    """Give each loss of torch's that is a mean, divided by the rows it is given, in a sum."""
    given: Given = {}
    terms: list[ast.expr] | None = None
    for node in scope.nodes():
        match node:
            case ast.BinOp(left=ast.Call() as loss, op=ast.Div(), right=size):
                given = given_once(scope) if terms is None else given
                terms = list(_all_terms(scope, given)) if terms is None else terms
                rows = rows_counted(_followed(size, given))
                is_of_rows = rows in {name for each in loss.args for name in names_in(each)}
                if is_of_rows and node in terms and is_mean(loss, scope):
                    told = ast.unparse(loss)[:LONGEST], ast.unparse(size)[:LONGEST]
                    yield Slip(node.lineno, "term-divided", *told)


def _all_terms(scope: Scope, given: Given) -> Iterator[ast.expr]:
    """Give what is added in a scope, names as what they were given."""
    for node in scope.nodes():
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                terms = _terms_of(node)
            case ast.AugAssign(op=ast.Add(), value=value):
                terms = _terms_of(value)
            case _:
                continue
        for term in terms:
            yield _followed(term, given)


def _followed(node: ast.expr, given: Given) -> ast.expr:
    """Return what a name was given; anything else as it is."""
    return given.get(node.id, node) if isinstance(node, ast.Name) else node


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
    names = names_in(of) if is_over_all and not _is_summed(of) else set()
    meant = [given[each] for each in names if each in given]
    return set() if any(map(_is_summed, meant)) else names.union(*map(names_in, meant))


def _is_summed(of: ast.expr) -> bool:
    """Whether something is a sum over rows, or over what nothing tells: no mean of rows follows."""
    for node in walk(of):
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr="sum"), args=args):
                over = {each.arg: each.value for each in node.keywords}
                own = args[1:] if isinstance(owner, ast.Name) and owner.id in _MODULES else args
                axis = over.get("dim", over.get("axis", own[0] if own else None))
                if not _is_of_columns(axis):
                    return True
    return False


def _is_of_columns(axis: ast.expr | None) -> bool:
    """Whether an axis, or each of several, is written as a number and is not that of the rows."""
    match axis:
        case ast.Tuple(elts=several) | ast.List(elts=several):
            return all(_is_of_columns(each) for each in several)
        case ast.Constant(value=int(number)) | ast.UnaryOp(operand=ast.Constant(value=number)):
            return number != 0
    return False
