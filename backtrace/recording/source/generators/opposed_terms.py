"""Losses beside a divergence of the same sign: one of the two is made large, whoever calls it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.code_divergences import Divergences
from backtrace.recording.source.signed_uses import parts_of_sum
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope

_LOSSES = ("_loss", "cross_entropy", "binary_cross_entropy", "binary_cross_entropy_with_logits")
_MOST = 6  # names that are followed, one in another
_Terms = list[tuple[ast.expr, int]]


def find_opposed_terms(scope: Scope) -> Iterator[Slip]:
    """Give each divergence that a loss of torch's is reduced by, in whichever of its two forms."""
    sums = [each for node in scope.nodes() for each in _sums_of(node)]
    if not sums:
        return
    given: dict[str, ast.expr | None] = {}
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                given[name] = None if name in given else value  # given twice, it is either
            case ast.AugAssign(target=ast.Name(id=name)):
                given[name] = None
    seen: set[int] = set()
    divergences = Divergences(scope)
    for each in sums:
        terms = _expand(each, 1, given, _MOST, divergences)
        losses = {sign for term, sign in terms if _is_loss(term)}
        found = [(term, sign * divergences.sign_of(term)) for term, sign in terms]
        if not losses.isdisjoint(sign for _, sign in found):
            continue  # a sum with both signs is more than a loss and its divergence
        for term, sign in found:
            if losses == {-sign} and term.lineno not in seen:
                seen.add(term.lineno)
                yield Slip(term.lineno, divergences.kind_of(term), ast.unparse(term)[:LONGEST])


def _sums_of(node: ast.AST) -> Iterator[ast.expr]:
    """Give what a statement gives or returns, where it adds something up."""
    match node:
        case ast.Assign(targets=[ast.Name()], value=value) | ast.Return(value=ast.expr() as value):
            for each in value.elts if isinstance(value, ast.Tuple) else [value]:
                if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Add | ast.Sub):
                    yield each


def _expand(
    node: ast.expr,
    sign: int,
    given: dict[str, ast.expr | None],
    most: int,
    divergences: Divergences,
) -> _Terms:
    """Return the terms of a sum, names replaced by what they were given, each with its sign."""
    if divergences.sign_of(node) or _is_loss(node):
        return [(node, sign)]
    if isinstance(node, ast.Name):
        value = given.get(node.id)
        return (
            [] if value is None or not most else _expand(value, sign, given, most - 1, divergences)
        )
    return [
        term
        for part, factor in parts_of_sum(node)
        if factor
        for term in _expand(part, sign * factor, given, most, divergences)
    ]


def _is_loss(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name.endswith(_LOSSES)
    return False
