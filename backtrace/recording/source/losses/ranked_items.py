"""Ranking losses of which one score is of a user and an item, and the other of two items."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, given_once, word_set

_ASKING = word_set("user users usr u query queries question questions customer customers")
# What may be of the same kind as what is looked for: then both may be held against the third.
_MAYBE_ALIKE = word_set("q query queries")
_WANTED = re.compile(r"pos(i|itive|itives|item|items)?$")
_OTHER = re.compile(r"neg(a|i|ative|atives|item|items)?$")
_TWINS = ({"i", "j"}, {"p", "n"}, {"1", "2"})
_ITEMS = word_set("item items product products")
_SUMS = word_set("sum mean")
_SHAPING = word_set("squeeze view reshape flatten")
# What a difference of two scores goes into, and what a loss of both is called.
_SQUASHING = re.compile(r"sigmoid|softplus|relu|clamp|max\(|hinge|bpr|margin", re.IGNORECASE)
_LOSS = re.compile(r"bpr|rank|margin|pair|loss|criterion", re.IGNORECASE)


@dataclass(frozen=True)
class _Score:
    """The sum of a product of two embeddings, and the line that it is computed in."""

    line: int
    text: str
    factors: tuple[str, str]


def find_ranked_items(scope: Scope) -> Iterator[Slip]:
    """Give each score of two items that stands beside one of a user and one of these.

    Users and items are known by their names, and both must be clear. Distances are left alone: a
    triplet loss may take that of the positive to the negative.
    """
    given = given_once(scope)
    pairs = list(_find_pairs(scope))
    if not pairs or not _SQUASHING.search(ast.unparse(scope.node)):
        return
    for pair in pairs:
        scores = [score for each in pair if (score := _score_of(each, given))]
        if len(scores) != 2:
            continue
        for own, other in (scores, scores[::-1]):
            users = [each for each in other.factors if _is_of_user(each)]
            items = [each for each in other.factors if _is_of_item(each)]
            is_of_both = len(users) == 1 and len(items) == 1 and items[0] in own.factors
            if not is_of_both or not _are_rivals(*own.factors):
                continue
            if not _words(users[0]) & _MAYBE_ALIKE or not _is_multiplied(scope, users[0], own):
                yield Slip(own.line, "ranking", own.text, users[0][:LONGEST])


def _find_pairs(scope: Scope) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Give what one is taken from the other, or what a loss is given both of."""
    for node in scope.nodes():
        match node:
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                yield left, right
            case ast.Call(func=func, args=[one, other, *_]) if _LOSS.search(called_name(func)):
                yield one, other


def _score_of(node: ast.expr, given: dict[str, ast.expr]) -> _Score | None:
    """Return the sum of a product; None where it is something else."""
    if isinstance(node, ast.Name) and node.id in given:
        node = given[node.id]
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in _SHAPING:
            break
        node = node.func.value
    product: ast.expr | None = None
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name), args=[inner, *_]):
            product = inner if name in _SUMS else None
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SUMS:
            product = inner
    if isinstance(product, ast.Name) and product.id in given:
        product = given[product.id]
    match product:
        case (
            ast.BinOp(left=one, op=ast.Mult(), right=other)
            | ast.Call(func=ast.Attribute(attr="mul" | "multiply"), args=[one, other])
        ):
            text = ast.unparse(product)[:LONGEST]
            return _Score(product.lineno, text, (ast.unparse(one), ast.unparse(other)))
        case ast.Call(func=ast.Attribute(value=one, attr="mul"), args=[other]):
            text = ast.unparse(product)[:LONGEST]
            return _Score(product.lineno, text, (ast.unparse(one), ast.unparse(other)))
    return None


def _is_multiplied(scope: Scope, user: str, score: _Score) -> bool:
    """Whether a user is multiplied with what stands beside the item, too, somewhere."""
    text = ast.unparse(scope.node)
    forms = ("{0} * {1}", "{1} * {0}", "mul({0}, {1})", "mul({1}, {0})")
    written = [sum(form.format(user, each) in text for form in forms) for each in score.factors]
    return all(written)


def _words(text: str) -> set[str]:
    return {each for each in re.split(r"[\W_\d]+", text.lower()) if each}


def _is_of_user(text: str) -> bool:
    words = _words(text)
    return bool(words & _ASKING) and not _is_wanted(text) and not _is_other(text)


def _is_wanted(text: str) -> bool:
    return any(map(_WANTED.match, _words(text)))


def _is_other(text: str) -> bool:
    return any(map(_OTHER.match, _words(text)))


def _is_of_item(text: str) -> bool:
    words = _words(text)
    is_named = _is_wanted(text) or _is_other(text) or bool(words & _ITEMS)
    return is_named and not words & _ASKING


def _are_rivals(one: str, other: str) -> bool:
    """Whether one is the item that is wanted, and the other one that is not: also `i` and `j`."""
    if not _is_of_item(one) or not _is_of_item(other):
        return False
    differing = [{*pair} for pair in zip(one, other, strict=False) if len({*pair}) > 1]
    are_twins = len(one) == len(other) and len(differing) == 1 and differing[0] in _TWINS
    is_said = _is_wanted(one) != _is_wanted(other) and _is_other(one) != _is_other(other)
    return are_twins or is_said
