"""Losses that are a sum of terms, and that the same block writes over with a part of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.losses.sum_terms import (
    factors_of,
    goes_backward,
    is_told,
    join_terms,
    names_within,
    tensors_among,
    terms_of,
)
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, parents_in
from backtrace.recording.source.walks import walk

_Place = ast.Name | ast.Attribute | ast.Subscript


@dataclass
class _Added:
    """What a name stands for: the factors of each of its terms, and all names in them."""

    terms: list[frozenset[str]]
    names: set[str]
    made_in: list[ast.stmt]


def find_parts_for_sums(scope: Scope) -> Iterator[Slip]:
    """Give `loss = a`, where the same block had `loss = a + b`, that nothing was trained with.

    What is given last goes backward or is returned as the loss, and what it leaves out has no other
    use than to be told.
    """
    if scope.reads_all:
        return
    for block in scope.blocks:
        sums: dict[str, _Added] = {}
        for node in block:
            name, value = _given(node)
            for other in [each for each in sums if each != name and _is_used(scope, node, each)]:
                del sums[other]
            if value is None:
                continue
            now, before = _read(value, node), sums.get(name)
            if isinstance(node, ast.AugAssign) or name in now.names:
                _go_on(sums, name, node, now)
                continue
            lost = _lost(before, now) if before else []
            if before and lost and _is_trained(scope, node, name) and _is_idle(scope, before, lost):
                yield Slip(node.lineno, "part-for-sum", name, join_terms(lost))
            sums[name] = now


def _go_on(sums: dict[str, _Added], name: str, node: ast.stmt, now: _Added) -> None:
    """Take in a statement that adds to a name, or multiplies it; forget what another one does."""
    before = sums.get(name)
    if before is not None and _adds(node, name):
        before.terms += [each for each in now.terms if each != {name}]
        before.names |= now.names
        before.made_in.append(node)
    elif not _multiplies(node):
        sums.pop(name, None)


def _given(node: ast.stmt) -> tuple[str, ast.expr | None]:
    """Return what a statement writes to, with what; '' and None of another."""
    match node:
        case (
            ast.Assign(targets=[ast.Name() | ast.Attribute() as target], value=value)
            | ast.AugAssign(target=ast.Name() | ast.Attribute() as target, value=value)
        ):
            return ast.unparse(target), value
    return "", None


def _read(value: ast.expr, node: ast.stmt) -> _Added:
    terms = [frozenset(map(ast.unparse, factors_of(term))) for term in terms_of(value)]
    return _Added(terms, set(names_within(value)), [node])


def _adds(node: ast.stmt, name: str) -> bool:
    """Whether a statement adds to a name that it writes to, once."""
    match node:
        case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value):
            return name not in set(names_within(value))
        case ast.Assign(value=value):
            return [ast.unparse(each) for each in terms_of(value)].count(name) == 1
    return False


def _multiplies(node: ast.stmt) -> bool:
    return isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult | ast.Div)


def _lost(before: _Added, now: _Added) -> list[frozenset[str]]:
    """Return the terms of a sum that another leaves out, which is made of some of its terms."""
    if not now.names <= before.names or len(now.terms) >= len(before.terms):
        return []
    left = list(before.terms)
    for term in now.terms:
        shared = [each for each in left if _own(each, before) & term]
        if len(shared) != 1:
            return []
        left.remove(shared[0])
    return left if all(_own(each, before) for each in left) else []


def _own(term: frozenset[str], within: _Added) -> frozenset[str]:
    """Return the factors of a term that no other term of its sum has."""
    return frozenset(factor for factor in term if sum(factor in each for each in within.terms) == 1)


def _is_idle(scope: Scope, before: _Added, lost: list[frozenset[str]]) -> bool:
    """Whether the terms that are left out are used in the sum, and told, and no more."""
    made = {id(each) for node in before.made_in for each in walk(node)}
    factors = frozenset[str]().union(*map(tensors_among, lost))
    made |= {
        id(each)
        for node in scope.nodes()
        if isinstance(node, ast.Assign)
        and node.lineno < before.made_in[0].lineno
        and ast.unparse(node.targets[0]) in factors
        for each in walk(node.value)
    }
    return not any(
        id(node) not in made
        and isinstance(node, _Place | ast.Call)
        and not isinstance(getattr(node, "ctx", None), ast.Store)
        and ast.unparse(node) in factors
        and not is_told(scope, node)
        for node in scope.nodes()
    ) and not any(map(scope.is_read_inside, factors))


def _is_used(scope: Scope, node: ast.stmt, name: str) -> bool:
    """Whether a statement reads a name for more than to tell it, or writes to it."""
    return any(
        isinstance(each, ast.Name | ast.Attribute)
        and ast.unparse(each) == name
        and not is_told(scope, each)
        for each in walk(node)
    )


def _is_trained(scope: Scope, given: ast.stmt, name: str) -> bool:
    """Whether what a name is given goes backward, or is returned as the loss, as it is."""
    end = given.end_lineno or given.lineno
    found = [
        node
        for node in scope.nodes()
        if isinstance(node, ast.Name | ast.Attribute)
        and node.lineno > end
        and ast.unparse(node) == name
    ]
    for node in sorted(found, key=lambda each: (each.lineno, each.col_offset)):
        if goes_backward(scope, node):
            return True
        if isinstance(node.ctx, ast.Store) and not _is_scaled(scope, node):
            return False
    return False


def _is_scaled(scope: Scope, target: ast.AST) -> bool:
    """Whether a name is written to in a line that divides or multiplies it: `loss /= steps`."""
    match parents_in(scope.tree).get(id(target)):
        case ast.AugAssign(op=ast.Div() | ast.Mult()):
            return True
        case ast.Assign(value=ast.BinOp(left=left, op=ast.Div() | ast.Mult())):
            return ast.unparse(left) == ast.unparse(target)
    return False
