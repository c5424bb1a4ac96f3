"""Loops that add up rewards, of which each is discounted once more than the last."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import (
    Scope,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

_DISCOUNTS = word_set("gamma gam discount gae lam lamb lambda lamda lmbda tau")


@dataclass(frozen=True)
class DiscountedSum:
    """A `loop` that computes `name` as something and a discount times what `name` was."""

    loop: ast.For
    statement: ast.Assign
    name: str
    is_backwards: bool


def find_discounted_sums(scope: Scope) -> Iterator[DiscountedSum]:
    """Give each such sum of a scope: `total = reward + gamma * total`, or of an array's elements.

    What a loop goes over is no discount: it may be 0 where an episode ends.
    """
    for loop in scope.nodes():
        if not isinstance(loop, ast.For):
            continue
        own = names_in(loop.target)
        inner = {
            id(part)
            for each in own_nodes(loop)
            if isinstance(each, ast.For)
            for part in own_nodes(each)
        }
        for node in own_nodes(loop):
            if not isinstance(node, ast.Assign) or id(node) in inner:
                continue
            is_back = is_backwards(loop.iter)
            for name in map(_base_of, node.targets):
                is_mixed = is_back and bool(name) and _is_mixed(node.value, name, own)
                if name and (is_mixed or _is_carried(node.value, name, own)):
                    yield DiscountedSum(loop, node, name, is_back)
                    break


def is_backwards(node: ast.expr) -> bool:
    """Whether what a loop goes over is turned round, or counted down."""
    for each in walk(node):
        match each:
            case ast.Call(func=ast.Name(id="reversed")):
                return True
            case ast.Call(func=ast.Name(id="range"), args=[_, _, step]):
                if ast.unparse(step) == "-1":
                    return True
            case ast.Subscript(slice=ast.Slice(lower=None, upper=None, step=ast.expr() as step)):
                if ast.unparse(step) == "-1":
                    return True
    return False


def _base_of(node: ast.expr) -> str:
    """Return what is written to, without an index: `advantages` of `advantages[t]`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Subscript(value=ast.Name() | ast.Attribute() as value):
            return ast.unparse(value)
    return ""


def _is_carried(value: ast.expr, name: str, own: set[str]) -> bool:
    """Whether a sum has a term that is what `name` was, times a discount, and nothing else."""
    for term in terms_of(value):
        factors = factors_of(term)
        carried = [each for each in factors if _base_of(each) == name]
        others = [each for each in factors if _base_of(each) != name]
        if len(carried) == 1 and others and all(_is_discount(each, own) for each in others):
            return True
    return False


def _is_mixed(value: ast.expr, name: str, own: set[str]) -> bool:
    """Whether a discount multiplies a sum that has what `name` was: that of lambda-returns."""
    for term in terms_of(value):
        factors = factors_of(term)
        mixed = [each for each in factors if len(terms_of(each)) > 1]
        others = [each for each in factors if len(terms_of(each)) == 1]
        is_weighed = others and all(_is_discount(each, own) for each in others)
        if is_weighed and len(mixed) == 1 and _is_carried(mixed[0], name, own):
            return True
    return False


def terms_of(node: ast.expr) -> list[ast.expr]:
    """Return what a sum adds, without what it takes away."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [*terms_of(left), *terms_of(right)]
        case ast.BinOp(left=left, op=ast.Sub()):
            return terms_of(left)
    return [node]


def factors_of(node: ast.expr) -> list[ast.expr]:
    """Return the factors of a product; of anything else, itself."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return [*factors_of(left), *factors_of(right)]
    return [node]


def _is_discount(node: ast.expr, own: set[str]) -> bool:
    match node:
        case ast.Constant(value=float() as number):
            return 0 < number < 1
        case ast.Name(id=name):
            return name not in own and _is_called_so(name)
        case ast.Attribute(attr=name):
            return _is_called_so(name)
        case ast.Subscript(value=ast.Name() | ast.Attribute(), slice=ast.Constant(value=str(key))):
            return _is_called_so(key)
    return False


def _is_called_so(name: str) -> bool:
    return bool(words_of(name) & _DISCOUNTS) or name in ("g", "y")
