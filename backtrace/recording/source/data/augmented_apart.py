"""Images and their masks that one random function changes in two calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from backtrace.recording.source.data.moving_draws import draws, moves_by_chance, seeds
from backtrace.recording.source.source_file import Scope, assigned_pairs, word_set, words_of
from backtrace.recording.source.walks import walk

IMAGES = word_set("image images img imgs input inputs x")
_MASKS = word_set(
    "mask masks label labels target targets seg segmentation gt y weighting weightings"
)
# What names say in more than one call, where an x and a y may be of two data sets.
_SEEN = word_set("image images img imgs picture pictures photo photos frame frames scan volume")
_PLACED = word_set("mask masks seg segmentation gt weighting weightings heatmap depth annotation")
_SCORED = word_set("label labels target targets lbl")  # a target image may be of another scene
_NEAR = 3  # lines between the two calls


@dataclass(frozen=True)
class AugmentedApart:
    """In `line` the function `call` changes `name`, as it has just changed `beside`.

    `stays` where it changes `beside` alone.
    """

    line: int
    name: str
    beside: str
    call: str
    stays: bool = False


@dataclass(frozen=True)
class _Change:
    """A call that is given a tensor first: what that is called, and what else it is given."""

    line: int
    words: frozenset[str]
    name: str
    call: str
    others: tuple[str, ...]

    @property
    def are_numbers(self) -> bool:
        """Whether it is given nothing else that may say what was drawn."""
        return all(_is_constant(each.partition("=")[2] or each) for each in self.others)


def find_augmented_apart(scope: Scope) -> Iterator[AugmentedApart]:
    """Give each pair of an image and its mask of which each is changed by a draw of its own."""
    calls = [
        (node.lineno, name, ast.unparse(call.func))
        for node in scope.statements()
        for name, call in _changes(node)
    ]
    told = set()
    for (before, image, one), (line, mask, other) in pairwise(calls):
        near = line - before <= _NEAR and one == other and not _seeds_between(scope, before, line)
        if near and _are_a_pair(image, mask) and draws(scope, one.rpartition(".")[2]):
            told.add(line)
            yield AugmentedApart(line, mask, image, one)
    for found in (*_find_called_apart(scope), *_find_gone_through(scope)):
        if found.line not in told:
            told.add(found.line)
            yield found


def _changes(node: ast.stmt) -> Iterator[tuple[str, ast.Call]]:
    """Give what a statement gives a tensor that a call made of it: `image = flip(image)`."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Call(args=[ast.Name(id=given)]) as call
        ):
            if words_of(name) & words_of(given) & (IMAGES | _MASKS):
                yield name, call


def _are_a_pair(one: str, other: str) -> bool:
    first, second = words_of(one), words_of(other)
    return any(
        bool(a & IMAGES and b & _MASKS and not a & _MASKS)
        for a, b in ((first, second), (second, first))
    )


def _find_called_apart(scope: Scope) -> Iterator[AugmentedApart]:
    """Give each pair of near calls, wherever they stand, of what moves things by chance."""
    calls = [call for node in scope.nodes() if (call := _read_call(node)) is not None]
    for one, other in pairwise(sorted(calls, key=lambda each: (each.call, each.line))):
        if (
            other.line - one.line <= _NEAR
            and (one.call, one.others) == (other.call, other.others)
            and one.are_numbers
            and _are_seen_and_placed(one.words, other.words)
            and not _seeds_between(scope, one.line, other.line)
            and moves_by_chance(scope, one.call.rpartition(".")[2])
        ):
            yield AugmentedApart(other.line, other.name, one.name, one.call)


def _read_call(node: ast.AST) -> _Change | None:
    """Return a call of a function or of a method of one object on an image or a mask."""
    match node:
        case ast.Call(func=(ast.Name() | ast.Attribute()) as func, args=[first, *rest]) if (
            not isinstance(first, ast.Starred | ast.Constant | ast.GeneratorExp)
        ):
            words = _words_in(first)
            if words & (_SEEN | _PLACED | _SCORED):
                named = (f"{each.arg}={ast.unparse(each.value)}" for each in node.keywords)
                others = (*map(ast.unparse, rest), *named)
                name = ast.unparse(first)
                return _Change(node.lineno, words, name, ast.unparse(func), others)
    return None


def _words_in(node: ast.AST) -> frozenset[str]:
    """Return the words of what something is, without what it is called or found with."""
    match node:
        case (
            ast.Subscript(slice=ast.Constant(value=str() as key)) | ast.Constant(value=str() as key)
        ):
            return words_of(key)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return words_of(name)
        case (
            ast.Subscript(value=inner)
            | ast.Call(args=[inner, *_])
            | ast.Call(func=ast.Attribute(value=inner))
        ):
            return _words_in(inner)
    return frozenset()


def _are_seen_and_placed(one: frozenset[str], other: frozenset[str]) -> bool:
    return any(
        bool(a & _SEEN and b & _PLACED and not a & _PLACED) for a, b in ((one, other), (other, one))
    )


def _find_gone_through(scope: Scope) -> Iterator[AugmentedApart]:
    """Give what is moved by chance in a loop over an image and its mask: `for x in (image, mask)`.

    Or in a comprehension, or by `map`.
    """
    for node in scope.nodes():
        call, items = _read_loop(node)
        if len(items) < 2 or not call or any(map(seeds, walk(node))):
            continue
        for one, other in pairwise(items):
            is_pair = _are_seen_and_placed(_words_in(one), _words_in(other))
            if is_pair and moves_by_chance(scope, call.rpartition(".")[2]):
                line = getattr(node, "lineno", 0)
                before, name = (ast.unparse(each).strip("'") for each in (one, other))
                yield AugmentedApart(line, name, before, call)
                break


def _read_loop(node: ast.AST) -> tuple[str, list[ast.expr]]:
    """Return what is called on each of some items in turn, and these."""
    match node:
        case (
            ast.ListComp(elt=body, generators=[each])
            | ast.GeneratorExp(elt=body, generators=[each])
            | ast.DictComp(value=body, generators=[each])
        ):
            target, items, holders = each.target, each.iter, [body]
        case ast.For(target=target, iter=items, body=block):
            holders = [value for each in block for _, value in assigned_pairs(each)]
        case ast.Call(
            func=ast.Name(id="map"), args=[func, ast.Tuple(elts=found) | ast.List(elts=found)]
        ):
            return ast.unparse(func), found
        case _:
            return "", []
    if not isinstance(target, ast.Name) or not isinstance(items, ast.Tuple | ast.List):
        return "", []
    for holder in holders:
        match holder:
            case (
                ast.Call(func=func, args=[ast.Name(id=name)], keywords=[])
                | ast.Call(func=func, args=[ast.Subscript(slice=ast.Name(id=name))], keywords=[])
            ) if name == target.id:
                return ast.unparse(func), items.elts
    return "", []


def _seeds_between(scope: Scope, first: int, last: int) -> bool:
    """Whether what is drawn is set anew between two lines."""
    return any(
        seeds(node) and first <= node.lineno <= last
        for node in scope.nodes()
        if isinstance(node, ast.Call)
    )


def _is_constant(text: str) -> bool:
    return isinstance(ast.parse(text, mode="eval").body, ast.Constant)
