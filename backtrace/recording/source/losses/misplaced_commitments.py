"""Weights of a commitment that are put on the codebook's term of a quantiser's loss."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.policies.discounted_sums import factors_of, terms_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Given, Scope, called_name, given_once
from backtrace.recording.source.walks import walk

_WEIGHT = re.compile(r"(^|_)(beta|commit\w*)(_|$)")
_CODES = re.compile(r"(^|_)(z?q|quant\w*|code\w*|embed\w*|zq)(_|$)")
_CUTS = frozenset({"detach", "stop_gradient"})


def find_misplaced_commitments(scope: Scope) -> Iterator[Slip]:
    """Give each `beta * mean((q - z.detach()) ** 2)` that is added to its twin with `q.detach()`.

    `q` is what is looked up, by its name, and `z` what it stands for: what commits the encoder is
    the twin, through which `z` has a gradient.
    """
    given = given_once(scope)
    told: set[Slip] = set()
    for node in scope.nodes():
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
            continue
        terms = [(each, _sides_of(each, given)) for each in terms_of(node)]
        pairs = [(each, sides) for each, sides in terms if sides is not None]
        if len(pairs) != 2:
            continue
        for (term, sides), (_, other) in (pairs, pairs[::-1]):
            free, cut = sides
            weights = [each for each in factors_of(term) if _WEIGHT.search(called_name(each))]
            is_of_codes = _is_of_codes(free) and not _is_of_codes(cut)
            if weights and is_of_codes and other == (cut, free):
                weight = ast.unparse(weights[0])[:LONGEST]
                told.add(Slip(term.lineno, "commitment", ast.unparse(term)[:LONGEST], weight))
    yield from sorted(told, key=lambda slip: slip.line)


def _is_of_codes(text: str) -> bool:
    return bool(_CODES.search(text.lower()))


def _sides_of(term: ast.expr, given: Given) -> tuple[str, str] | None:
    """Return what a squared difference has a gradient through, and what is cut off in it.

    None where a term has no such difference, or more than one.
    """
    if isinstance(term, ast.Name) and term.id in given:
        term = given[term.id]
    found = []
    for node in walk(term):
        match node:
            case ast.BinOp(left=one, op=ast.Sub(), right=other):
                found.append((one, other))
            case ast.Call(func=func, args=[one, other, *_]) if "mse" in called_name(func).lower():
                found.append((one, other))
    if len(found) != 1:
        return None
    cuts = [_cut(each) for each in found[0]]
    if (cuts[0] is None) == (cuts[1] is None):
        return None
    free = found[0][0] if cuts[0] is None else found[0][1]
    return ast.unparse(free), cuts[0] or cuts[1] or ""


def _cut(node: ast.expr) -> str | None:
    """Return what was cut off from its graph, as it is written; None of what was not."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=[]) if attr in _CUTS:
            return ast.unparse(inner)
        case ast.Attribute(value=inner, attr="data"):
            return ast.unparse(inner)
    return None
