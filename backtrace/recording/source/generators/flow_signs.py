"""Likelihoods of a normalizing flow in which a log-determinant has the wrong sign."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.divergences import squared_in
from backtrace.recording.source.generators.flow_layers import (
    Called,
    determinants_of,
    signs_of,
)
from backtrace.recording.source.generators.flow_terms import terms_of
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, parents_in

_LOGARITHMS = ("log_prob", "logprob", "logpdf", "log_normal", "log_pdf")


def find_flow_signs(scope: Scope) -> Iterator[Slip]:
    """Give each `log_prob(z) + log_det` whose log-determinant is that of the other direction.

    It is right where it is added to the logarithm for what came out, or taken from that for what
    went in. What a layer returns is held against the layer's own formula, which must be in the
    file.
    """
    sums = [node for node in scope.nodes() if _is_whole_sum(node, scope)]
    values = LastGiven(scope.tree, scope.node) if sums else None
    told: set[int] = set()
    for node in sums:
        if values is None:
            return
        for slip in _slips_in(node, values, scope):
            if slip.line not in told:
                told.add(slip.line)
                yield slip


def _is_whole_sum(node: ast.AST, scope: Scope) -> bool:
    def is_sum(each: ast.AST | None) -> bool:
        return isinstance(each, ast.BinOp) and isinstance(each.op, ast.Add | ast.Sub)

    return is_sum(node) and not is_sum(parents_in(scope.tree).get(id(node)))


def _slips_in(node: ast.AST, values: LastGiven, scope: Scope) -> Iterator[Slip]:
    terms = terms_of(node, values) if isinstance(node, ast.BinOp) else []
    likely = [found for sign, term in terms if (found := _argument_of(sign, term, values))]
    for sign, term in terms:
        called = determinants_of(term.id, scope.node) if isinstance(term, ast.Name) else None
        if called is None or not isinstance(term, ast.Name):
            continue
        side = {own * sign * at for own, of in likely if (at := _side_of(of, called))}
        if len(side) != 1:
            continue
        here = side.pop()
        for layer in signs_of(called.call, scope.tree):
            if here * called.sign * layer.sign > 0:
                continue
            if layer.sign < 0:
                yield Slip(layer.line, "determinant-layer", layer.text[:LONGEST])
            else:
                line = called.line if called.sign < 0 else term.lineno
                yield Slip(line, "determinant-taken", term.id, ast.unparse(called.call)[:LONGEST])


def _argument_of(sign: int, term: ast.expr, values: LastGiven) -> tuple[int, ast.Name] | None:
    """Return of which variable a term is a logarithm of a density, with its sign."""
    square = squared_in(term)
    match square, values.follow(term):
        case ast.Name(), _:
            return -sign, square
        case _, ast.Call(func=func, args=[ast.Name() as of, *_]):
            if any(each in called_name(func).lower() for each in _LOGARITHMS):
                return sign, of
    return None


def _side_of(of: ast.Name, called: Called) -> int:
    """Return 1 of what came out of a flow, -1 of what went in, 0 of anything else."""
    is_given = any(isinstance(each, ast.Name) and each.id == of.id for each in called.call.args[:1])
    if of.id == called.output and not (is_given and of.lineno < called.call.lineno):
        return 1
    return -1 if is_given else 0
