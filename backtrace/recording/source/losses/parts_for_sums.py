"""Losses that are a sum of terms, and that the same block writes over with a part of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    blocks_of,
    called_name,
    parents_in,
    word_set,
    words_of,
)

_LOSSES = word_set("loss losses cost costs objective criterion")
_SHAPES = word_set("mean sum squeeze")
# What reads a number, or a tensor that is to be told and no more.
_TOLD = word_set("print float format info debug log log_dict log_metrics add_scalar isnan isfinite "
                 "isinf set_postfix set_description")  # fmt: skip
_CUTS = word_set("item detach data tolist")
_MATHS = word_set("torch np math numpy")  # whose `log` is a logarithm
_WEIGHTS = word_set("weight weights w lambda lam lmbda alpha beta gamma coef coeff scale ratio")
_OPTIONS = word_set("args cfg config conf opt hparams hp")
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
    for block in blocks_of(scope):
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
                yield Slip(node.lineno, "part-for-sum", name, _join(lost))
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
    terms = [frozenset(map(ast.unparse, _factors(term))) for term in _terms(value)]
    return _Added(terms, set(_names_in(value)), [node])


def _terms(node: ast.expr) -> list[ast.expr]:
    """Return what a sum is made of, the mean of one among them; an expression that is none."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return [*_terms(left), *_terms(right)]
        case ast.UnaryOp(operand=inner):
            return _terms(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[]) if name in _SHAPES:
            return _terms(inner)
    return [node]


def _factors(node: ast.expr) -> list[ast.expr]:
    """Return what is multiplied in a term, or divided."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            return [*_factors(left), *_factors(right)]
        case ast.UnaryOp(operand=inner):
            return _factors(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[]) if name in _SHAPES:
            return _factors(inner)
        case ast.Constant():
            return []
    return [node]


def _names_in(node: ast.AST) -> Iterator[str]:
    """Give the names in an expression, with their attributes; no method of what is computed."""
    for each in ast.walk(node):
        inner = each
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if isinstance(inner, ast.Name) and getattr(each, "attr", "") not in _SHAPES:
            yield ast.unparse(each)


def _adds(node: ast.stmt, name: str) -> bool:
    """Whether a statement adds to a name that it writes to, once."""
    match node:
        case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value):
            return name not in set(_names_in(value))
        case ast.Assign(value=value):
            return [ast.unparse(each) for each in _terms(value)].count(name) == 1
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
    made = {id(each) for node in before.made_in for each in ast.walk(node)}
    factors = frozenset[str]().union(*map(_tensors, lost))
    made |= {
        id(each)
        for node in scope.nodes()
        if isinstance(node, ast.Assign)
        and node.lineno < before.made_in[0].lineno
        and ast.unparse(node.targets[0]) in factors
        for each in ast.walk(node.value)
    }
    return not any(
        id(node) not in made
        and isinstance(node, _Place | ast.Call)
        and not isinstance(getattr(node, "ctx", None), ast.Store)
        and ast.unparse(node) in factors
        and not _is_told(scope, node)
        for node in scope.nodes()
    ) and not any(map(scope.is_read_inside, factors))


def _tensors(term: frozenset[str]) -> frozenset[str]:
    """Return the factors of a term that are no weights by name, all of them where none is left."""
    left = frozenset(
        each
        for each in term
        if not words_of(each.rpartition(".")[2]) & _WEIGHTS
        and each.partition(".")[0] not in _OPTIONS
    )
    return left or term


def _is_used(scope: Scope, node: ast.stmt, name: str) -> bool:
    """Whether a statement reads a name for more than to tell it, or writes to it."""
    return any(
        isinstance(each, ast.Name | ast.Attribute)
        and ast.unparse(each) == name
        and not _is_told(scope, each)
        for each in ast.walk(node)
    )


def _is_told(scope: Scope, node: ast.AST) -> bool:
    """Whether something is read as a number, or to be printed or logged."""
    parents = parents_in(scope.tree)
    above = parents.get(id(node))
    if isinstance(above, ast.Attribute) and above.attr in _CUTS:
        return True
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.FormattedValue):
            return True
        if isinstance(above, ast.Call) and _tells(above.func):
            return True
        above = parents.get(id(above))
    return False


def _tells(func: ast.expr) -> bool:
    is_math = isinstance(func, ast.Attribute) and ast.unparse(func.value) in _MATHS
    name = called_name(func)
    return name in _TOLD and (name.startswith("is") or not is_math)


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
        if _goes_backward(scope, node):
            return True
        if isinstance(node.ctx, ast.Store) and not _is_scaled(scope, node):
            return False
    return False


def _goes_backward(scope: Scope, node: ast.AST) -> bool:
    """Whether something goes backward here, or a function returns it as its loss."""
    parents = parents_in(scope.tree)
    name = ast.unparse(node)
    above = parents.get(id(node))
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Call) and called_name(above.func).endswith("backward"):
            return True
        above = parents.get(id(above))
    is_loss = bool((words_of(name.rpartition(".")[2]) | words_of(scope.name)) & _LOSSES)
    return isinstance(above, ast.Return) and is_loss and not _is_told(scope, node)


def _is_scaled(scope: Scope, target: ast.AST) -> bool:
    """Whether a name is written to in a line that divides or multiplies it: `loss /= steps`."""
    match parents_in(scope.tree).get(id(target)):
        case ast.AugAssign(op=ast.Div() | ast.Mult()):
            return True
        case ast.Assign(value=ast.BinOp(left=left, op=ast.Div() | ast.Mult())):
            return ast.unparse(left) == ast.unparse(target)
    return False


def _join(lost: list[frozenset[str]]) -> str:
    """Return the terms that are left out, as they are called."""
    names = [min(_tensors(term)) for term in lost]
    text = ", ".join(names)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
