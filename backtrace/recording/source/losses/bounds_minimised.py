"""Bounds on a likelihood, of a likelihood less a divergence, that go backward as they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.signed_uses import SignedUses, parts_of_sum
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_ERRORS = word_set(
    "mse_loss l1_loss smooth_l1_loss gaussian_nll_loss poisson_nll_loss cross_entropy nll_loss "
    "binary_cross_entropy binary_cross_entropy_with_logits"
)
_DIVERGENCE = "kl_divergence"
_SCORES = word_set("elbo likelihood")  # by these names the look at scores goes
_DEEPEST = 4  # names that are followed


def find_bounds_minimised(scope: Scope) -> Iterator[Slip]:
    """Give each bound that goes backward with its own sign: what is to be large is made small.

    A function of the file returns it. Where the sum is the scope's own, its divergence is told to
    have a minus by the look at signs of terms.
    """
    if not _speaks_of_divergence(scope.tree):
        return
    uses = SignedUses(scope)
    if not uses.backwards:
        return
    bounds = _bounds_of(scope.tree)
    if not bounds:
        return
    for node in scope.statements():
        match node:
            case ast.Assign(targets=[target], value=value):
                named = _targets_of(target)
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=value, attr="backward"), args=[])
            ):
                named = [""]
            case _:
                continue
        for term, sign, place in _terms(value, 1, bounds):
            name = named[place] if place < len(named) else None
            if name is None or (name in uses.backwards and words_of(name) & _SCORES):
                continue
            last = uses.sign_at_backward(name, node.lineno) if name else 1
            if last * sign > 0 and not uses.is_cost(term):
                yield Slip(term.lineno, "score", ast.unparse(term)[:LONGEST], name)
                return


def _targets_of(target: ast.expr) -> list[str | None]:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return [each.id if isinstance(each, ast.Name) else None for each in parts]


def _terms(
    node: ast.expr, sign: int, bounds: dict[str, int]
) -> Iterator[tuple[ast.expr, int, int]]:
    """Give the bounds in a sum, each with its sign, and which of the values of a call it is."""
    if isinstance(node, ast.Call) and called_name(node.func) in bounds:
        yield node, sign, bounds[called_name(node.func)]
    else:
        for part, factor in parts_of_sum(node):
            if factor:
                yield from _terms(part, sign * factor, bounds)


@lru_cache(maxsize=2)
def _speaks_of_divergence(tree: ast.Module) -> bool:
    return any(
        isinstance(each, ast.Call) and called_name(each.func) == _DIVERGENCE for each in walk(tree)
    )


@lru_cache(maxsize=2)
def _bounds_of(tree: ast.Module) -> dict[str, int]:
    """Return the functions that return a bound, each with its place in what is returned.

    A name that several functions have is none.
    """
    functions = [each for each in walk(tree) if isinstance(each, Function)]
    names = [each.name for each in functions]
    found: dict[str, int] = {}
    for function in functions:
        returns = [each.value for each in own_nodes(function) if isinstance(each, ast.Return)]
        if names.count(function.name) > 1 or len(returns) != 1:
            continue
        given = given_once_in(function)
        parts = returns[0].elts if isinstance(returns[0], ast.Tuple) else returns
        places = [i for i, part in enumerate(parts) if part is not None and _is_bound(part, given)]
        if len(places) == 1:
            found[function.name] = places[0]
    return found


def _is_bound(node: ast.expr, given: Given) -> bool:
    """Whether a sum is of likelihoods, or minus errors, less a divergence, and of no more signs."""
    leaves = list(_leaves(node, 1, given, 0))
    kinds = {kind for kind, _ in leaves}
    return kinds == {"likelihood", "divergence"} and all(sign > 0 for _, sign in leaves)


def _leaves(node: ast.expr, sign: int, given: Given, depth: int) -> Iterator[tuple[str, int]]:
    """Give what is known in a sum: likelihoods, and divergences by the sign of minus them."""
    if isinstance(node, ast.Name):
        if node.id in given and depth < _DEEPEST:
            yield from _leaves(given[node.id], sign, given, depth + 1)
        return
    if isinstance(node, ast.Call):
        name = called_name(node.func)
        if name == "log_prob":
            yield "likelihood", sign
            return
        if name in _ERRORS or name == _DIVERGENCE:
            yield "divergence" if name == _DIVERGENCE else "likelihood", -sign
            return
    for part, factor in parts_of_sum(node):
        if factor:
            yield from _leaves(part, sign * factor, given, depth)
