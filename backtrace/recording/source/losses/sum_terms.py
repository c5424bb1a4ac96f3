"""Sums that losses are: their terms, the factors of these, and what is done with a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

LOSSES = word_set("loss losses cost costs objective criterion")
_SHAPES = word_set("mean sum squeeze")
# What reads a number, or a tensor that is to be told and no more.
_TOLD = word_set("print float format info debug log log_dict log_metrics add_scalar isnan isfinite "
                 "isinf set_postfix set_description")  # fmt: skip
_CUTS = word_set("item detach data tolist")
_MATHS = word_set("torch np math numpy")  # whose `log` is a logarithm
_WEIGHTS = word_set("weight weights w lambda lam lmbda alpha beta gamma coef coeff scale ratio")
_OPTIONS = word_set("args cfg config conf opt hparams hp")


def terms_of(node: ast.expr) -> list[ast.expr]:
    """Return what a sum is made of, the mean of one among them; an expression that is none."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return [*terms_of(left), *terms_of(right)]
        case ast.UnaryOp(operand=inner):
            return terms_of(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[]) if name in _SHAPES:
            return terms_of(inner)
    return [node]


def factors_of(node: ast.expr) -> list[ast.expr]:
    """Return what is multiplied in a term, or divided."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            return [*factors_of(left), *factors_of(right)]
        case ast.UnaryOp(operand=inner):
            return factors_of(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[]) if name in _SHAPES:
            return factors_of(inner)
        case ast.Constant():
            return []
    return [node]


def names_within(node: ast.AST) -> Iterator[str]:
    """Give the names in an expression, with their attributes; no method of what is computed."""
    for each in walk(node):
        inner = each
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if isinstance(inner, ast.Name) and getattr(each, "attr", "") not in _SHAPES:
            yield ast.unparse(each)


def tensors_among(term: frozenset[str]) -> frozenset[str]:
    """Return the factors of a term that are no weights by name, all of them where none is left."""
    left = frozenset(
        each
        for each in term
        if not words_of(each.rpartition(".")[2]) & _WEIGHTS
        and each.partition(".")[0] not in _OPTIONS
    )
    return left or term


def is_told(scope: Scope, node: ast.AST) -> bool:
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


def is_cut(node: ast.expr) -> bool:
    """Whether what an expression gives, or a factor of its terms, has no graph: `a + b.item()`."""
    return any(_is_cut(each) for term in terms_of(node) for each in factors_of(term))


def _is_cut(node: ast.expr) -> bool:
    """Whether a graph ends in the last of what an expression calls: `.item()`, `.data`."""
    match node:
        case (
            ast.Call(func=ast.Attribute(value=inner, attr=name))
            | ast.Attribute(value=inner, attr=name)
        ):
            return name in _CUTS or _is_cut(inner)
        case ast.Call(func=ast.Name(id="float")):
            return True
    return False


def _tells(func: ast.expr) -> bool:
    is_math = isinstance(func, ast.Attribute) and ast.unparse(func.value) in _MATHS
    name = called_name(func)
    return name in _TOLD and (name.startswith("is") or not is_math)


def goes_backward(scope: Scope, node: ast.AST) -> bool:
    """Whether something goes backward here, or a function returns it as its loss."""
    parents = parents_in(scope.tree)
    name = ast.unparse(node)
    above = parents.get(id(node))
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Call) and called_name(above.func).endswith("backward"):
            return True
        above = parents.get(id(above))
    is_loss = bool((words_of(name.rpartition(".")[2]) | words_of(scope.name)) & LOSSES)
    return isinstance(above, ast.Return) and is_loss and not is_told(scope, node)


def join_terms(lost: list[frozenset[str]]) -> str:
    """Return the terms that are left out, as they are called."""
    names = [min(tensors_among(term)) for term in lost]
    text = ", ".join(names)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
