"""Errors and gains that go backward, and with which sign."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.signed_uses import parts_of_sum
from backtrace.recording.source.slip import LONGEST
from backtrace.recording.source.source_file import Scope, word_set, words_of
from backtrace.recording.source.walks import walk

_LOSSES = word_set("loss losses criterion bce mse nll ce")
_FUNCTIONS = word_set(
    "cross_entropy binary_cross_entropy binary_cross_entropy_with_logits kl_div kl_divergence"
)
_SQUARES = word_set("pow square abs")
_GAINS = word_set("elbo likelihood logp log_prob log_probs logprob logprobs")
_COSTS = word_set("cost costs penalty penalties regret regrets")
_DEEPEST = 6  # names that are followed


@dataclass(frozen=True)
class SignedError:
    """What `line` lets go backward, `name`, grows with errors (`sign` 1), or falls (-1)."""

    line: int
    name: str
    sign: int


def find_signed_errors(scope: Scope) -> Iterator[SignedError]:
    """Give each backward of a scope whose terms are errors, and gains with the other sign."""
    given: dict[str, list[ast.expr]] = {}
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                given.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                given.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Sub(), value=value):
                given.setdefault(name, []).append(ast.UnaryOp(ast.USub(), value))
    for node in scope.nodes():
        match node:
            case ast.Call(func=ast.Attribute(value=root, attr="backward") as func, args=[]):
                signs = set(_signs(root, 1, given, ()))
                if len(signs) == 1:
                    name = ast.unparse(root)[:LONGEST]
                    yield SignedError(func.end_lineno or 0, name, signs.pop())


def _signs(
    node: ast.expr, sign: int, given: dict[str, list[ast.expr]], above: tuple[str, ...]
) -> Iterator[int]:
    """Give the sign of each error in a sum; of a gain, the other one."""
    if isinstance(node, ast.Name) and node.id in given:
        if node.id not in above and len(above) < _DEEPEST:
            for value in given[node.id]:
                yield from _signs(value, sign, given, (*above, node.id))
        return
    parts = [] if _weighs_by_cost(node) else parts_of_sum(node)
    for part, factor in parts:
        if factor:
            yield from _signs(part, sign * factor, given, above)
    if _is_gain(node):
        yield -sign
    elif not parts and _is_error(node):
        yield sign


def _is_error(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name):
            return bool(words_of(name) & _LOSSES)
        case ast.BinOp(left=inner, op=ast.Pow(), right=ast.Constant(value=2)):
            return _is_distance(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SQUARES:
            return _is_distance(inner)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _FUNCTIONS or bool(words_of(name) & _LOSSES)
    return False


def _is_distance(node: ast.expr) -> bool:
    """Whether a difference is of two unlike things, as of an output and what it should be."""
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            one, other = _first_name(left), _first_name(right)
            return bool(one) and bool(other) and one != other
    return False


def _first_name(node: ast.expr) -> str:
    return next((each.id for each in walk(node) if isinstance(each, ast.Name)), "")


def _weighs_by_cost(node: ast.expr) -> bool:
    """Whether it is multiplied with a cost, which turns round what is wanted of it."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            names = (_first_name(left), _first_name(right))
            return any(words_of(name) & _COSTS for name in names)
    return False


def _is_gain(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) | ast.Name(id=name):
            return name in _GAINS or bool(words_of(name) & _GAINS)
    return False
