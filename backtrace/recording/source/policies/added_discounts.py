"""Targets in which the discount is added to what follows, and does not multiply it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.policies.discounted_sums import factors_of, terms_of
from backtrace.recording.source.policies.unmasked_targets import is_reward, says_end
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, word_set, words_of
from backtrace.recording.source.walks import walk

_DISCOUNTS = word_set("gamma gam discount discounts")
_VALUES = word_set(
    "v q vs qs value values next nxt critic target tgt tq vf qf q1 q2 bootstrap max gather min"
)
_OTHERS = word_set("loss losses bonus coef weight reward rewards")
_SHAPING = word_set("view reshape squeeze unsqueeze float detach to cuda")


def find_added_discounts(scope: Scope) -> Iterator[Slip]:
    """Give each `reward + gamma * mask + value`, and each `reward + gamma * (mask + value)`.

    The first has a term of discounts and ends alone, beside a value that has no factor of its own.
    """
    values: LastGiven | None = None
    inner: set[int] = set()
    for node in scope.nodes():
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
            continue
        if id(node) not in inner:
            inner |= {id(each) for each in walk(node)}
            values = values or LastGiven(scope.tree, scope.node)
            terms = terms_of(node)
            found = _added_in(terms, values) if any(map(is_reward, terms)) else None
            if found is not None:
                name, beside = (ast.unparse(each)[:LONGEST] for each in found)
                yield Slip(found[0].lineno, "discount-added", name, beside)


def _added_in(terms: list[ast.expr], values: LastGiven) -> tuple[ast.expr, ast.expr] | None:
    """Return what is added among the terms beside a reward, and the value that it is added to."""
    rest = [each for each in terms if not is_reward(each)]
    if len(rest) == 2:
        for one, other in (rest, rest[::-1]):
            if _is_weight(one, values) and _is_value(other):
                return one, other
    factors = factors_of(rest[0]) if len(rest) == 1 else []
    for each in factors:
        others = [one for one in factors if one is not each]
        match each:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                if not others or not all(_is_discount(one) or _is_end(one) for one in others):
                    continue
                for one, other in ((left, right), (right, left)):
                    if _is_end(one) and _is_value(other):
                        return one, other
    return None


def _is_weight(node: ast.expr, values: LastGiven) -> bool:
    """Whether a term is a discount, times nothing but what says where an episode ends."""
    factors = factors_of(node)
    if isinstance(node, ast.Name) and not _is_discount(node):
        factors = factors_of(values.follow(node))
        if len(factors) < 2:
            return False
    has_discount = any(map(_is_discount, factors))
    return has_discount and all(_is_discount(each) or _is_end(each) for each in factors)


def _is_discount(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool(words_of(name) & _DISCOUNTS) and not words_of(name) & _VALUES
        case ast.BinOp(left=left, op=ast.Pow()):
            return _is_discount(left)
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return bool(words_of(key) & _DISCOUNTS)
    return False


def _is_end(node: ast.expr) -> bool:
    """Whether something says where an episode ends, by itself or taken from 1."""
    match node:
        case ast.BinOp(left=ast.Constant(), op=ast.Sub(), right=right):
            return _is_end(right)
        case ast.UnaryOp(operand=inner):
            return _is_end(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _SHAPING:
            return _is_end(inner)
        case ast.Subscript(value=ast.Name() | ast.Attribute() as inner):
            return _is_end(inner)
        case ast.Name() | ast.Attribute():
            return says_end(node)
    return False


def _is_value(node: ast.expr) -> bool:
    """Whether a term is what follows by its names, and not a multiple of it but of an end."""
    others = [each for each in factors_of(node) if not _is_end(each)]
    if len(others) == 1:
        node = others[0]
    if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Constant):
        return False
    words: set[str] = set()
    for each in walk(node):
        if isinstance(each, ast.Name | ast.Attribute):
            words |= words_of((each.id if isinstance(each, ast.Name) else each.attr).lower())
    return bool(words & _VALUES) and not words & _OTHERS
