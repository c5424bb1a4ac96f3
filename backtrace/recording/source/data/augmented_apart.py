"""Images and their masks that one random function changes in two calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from backtrace.recording.source.source_file import Scope, word_set, words_of
from backtrace.recording.source.walks import walk

IMAGES = word_set("image images img imgs input inputs x")
_MASKS = word_set("mask masks label labels target targets seg segmentation gt y")
CHANCES = word_set(
    "rand randn randint random uniform choice normal bernoulli randrange shuffle randperm sample"
)
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


def find_augmented_apart(scope: Scope) -> Iterator[AugmentedApart]:
    """Give each pair of an image and its mask of which each is changed by a draw of its own."""
    calls = [
        (node.lineno, name, ast.unparse(call.func))
        for node in scope.statements()
        for name, call in _changes(node)
    ]
    for (before, image, one), (line, mask, other) in pairwise(calls):
        near = line - before <= _NEAR and one == other
        if near and _are_a_pair(image, mask) and _draws(scope, one.rpartition(".")[2]):
            yield AugmentedApart(line, mask, image, one)


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


def _draws(scope: Scope, name: str) -> bool:
    """Whether what a file calls so draws random numbers: a function, or transforms by name.

    What is handed in from outside may be any class of the file that is made to be called.
    """
    for node in walk(scope.tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name == name:
                if _has_chance(node):
                    return True
            case ast.Assign(targets=[ast.Name(id=told) | ast.Attribute(attr=told)]):
                if told == name and "Random" in ast.unparse(node.value):
                    return True
                if told == name and isinstance(node.value, ast.Name):
                    return any(map(_has_chance, _callables(scope)))
    return False


def _callables(scope: Scope) -> list[ast.FunctionDef]:
    return [
        node
        for node in walk(scope.tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__call__"
    ]


def _has_chance(definition: ast.AST) -> bool:
    names = (
        each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "")
        for each in walk(definition)
    )
    return any(name in CHANCES for name in names)
