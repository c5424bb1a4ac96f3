"""Degrees of a graph without self-loops, by which its adjacency with them is normalised."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import walk

_LOOPS = word_set("eye speye identity I eye_like")
_INVERSE = word_set("inverse inv pinv pow power rsqrt sqrt reciprocal float_power")
_PRODUCTS = word_set("mm matmul dot spmm bmm einsum multi_dot")
_SMALL = 0.5  # what is added to keep degrees from zero, and not to count a loop
_PLACES = ast.Name | ast.Attribute


def find_loopless_degrees(scope: Scope) -> Iterator[Slip]:
    """Give each sum over A, of which A + I is normalised, that is no part of another sum.

    Nothing where A + I is summed as well, or where anything is added to the degrees.
    """
    given = [
        (node, ast.unparse(node.targets[0]), node.value)
        for node in scope.statements()
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], _PLACES)
    ]
    added = (each for each in scope.statements() if isinstance(each, ast.AugAssign))
    changed = {ast.unparse(each.target) for each in added}
    for _, looped, value in given:
        plain = _without_loops(value)
        if not plain or plain == looped or any(_sums(node, looped) for node in scope.nodes()):
            continue
        for node, name, degrees in given:
            if any(_sums(each, plain) for each in walk(degrees)) and not _adds(degrees):
                tainted = _follow(given, node, name, degrees)
                if tainted and not tainted & changed and _is_normalised(scope, looped, tainted):
                    yield Slip(node.lineno, "loopless", plain[:LONGEST], looped[:LONGEST])
                    return


def _without_loops(value: ast.expr) -> str:
    """Return what an identity is added to, where it has a name; '' otherwise."""
    match value:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            for one, other in ((left, right), (right, left)):
                names = {called_name(each) for each in walk(other) if isinstance(each, _PLACES)}
                if isinstance(one, _PLACES) and names & _LOOPS:
                    return ast.unparse(one)
    return ""


def _sums(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="sum"), args=args):
            return ast.unparse(owner) == name or bool(args and ast.unparse(args[0]) == name)
    return False


def _adds(value: ast.expr) -> bool:
    """Whether something is added in it, but for a number that is close to zero."""
    for node in walk(value):
        match node:
            case ast.BinOp(op=ast.Add(), right=ast.Constant(value=float(number))):
                if number >= _SMALL:
                    return True
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return True
    return False


def _follow(
    given: list[tuple[ast.Assign, str, ast.expr]], start: ast.Assign, name: str, value: ast.expr
) -> set[str]:
    """Return the names of what degrees have come to where a power of them was taken.

    None where something is added to them on the way.
    """
    degrees = {name}
    inverse = {name} if _inverts(value) else set()
    for node, target, made in given:
        used = {ast.unparse(each) for each in walk(made) if isinstance(each, _PLACES)}
        if node.lineno <= start.lineno or not used & degrees or _multiplies(made):
            continue
        if _adds(made):
            return set()
        degrees.add(target)
        if used & inverse or _inverts(made):
            inverse.add(target)
    return inverse


def _inverts(value: ast.expr) -> bool:
    """Whether a power below zero, a root or an inverse of something is taken in it."""
    names = {called_name(each.func) for each in walk(value) if isinstance(each, ast.Call)}
    powers = (each.op for each in walk(value) if isinstance(each, ast.BinOp))
    return bool(names & _INVERSE) or any(isinstance(each, ast.Pow | ast.Div) for each in powers)


def _multiplies(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.MatMult() | ast.Mult()):
            return True
        case ast.Call(func=func):
            return called_name(func) in _PRODUCTS
    return False


def _is_normalised(scope: Scope, looped: str, inverse: set[str]) -> bool:
    """Whether A + I is multiplied by what became of the degrees."""
    for node in scope.nodes():
        if _multiplies(node):
            used = {ast.unparse(each) for each in walk(node) if isinstance(each, _PLACES)}
            if looped in used and used & inverse:
                return True
    return False
