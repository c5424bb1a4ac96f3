"""Where a file takes targets by a mask that holds rows out: in an index, or through a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from backtrace.recording.source.bound_calls import (
    Bound,
    Named,
    arguments_of,
    bound_calls,
    handed_in,
    place_of,
    root_of,
)
from backtrace.recording.source.source_file import called_name, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

TRAINED = word_set("train training tr")
_HELD_OUT = word_set("test val valid validation eval holdout heldout")
_INDEX = word_set("mask masks idx index indices ids nodes rows")


@dataclass(frozen=True)
class HeldOutUse:
    """Targets, as `text` names them at `place`, of which `mask` takes rows that are held out.

    The place is the function that the name belongs to, or the file.
    """

    place: ast.AST
    text: str
    mask: str


@lru_cache(maxsize=2)
def find_held_out_uses(tree: ast.Module) -> tuple[HeldOutUse, ...]:
    """Return each use; one of an argument also where a call hands it in."""
    return tuple(_uses_in(tree))


def _uses_in(tree: ast.Module) -> Iterator[HeldOutUse]:
    for scope in (tree, *(each for each in walk(tree) if isinstance(each, Function))):
        for value, mask in _masked(scope):
            yield HeldOutUse(place_of(tree, scope, root_of(value)), ast.unparse(value), mask)
        for given, inner in bound_calls(tree, scope):
            for value, mask in _masked_through(inner, given):
                found = handed_in(value, inner, given)
                if found is not None:
                    place = place_of(tree, scope, root_of(found))
                    yield HeldOutUse(place, ast.unparse(found), mask)


def is_of(words: frozenset[str], name: str) -> bool:
    """Whether a name says that it is an index, or a mask, of rows that these words name."""
    return bool(words_of(name) & words and words_of(name) & _INDEX)


def _masked(scope: ast.AST) -> Iterator[tuple[Named, str]]:
    """Give what is taken by a mask that holds rows out, with the mask: `y` of `y[test_mask]`."""
    looped = dict(_looped(scope))
    for value, index in _indexed(scope):
        mask = _held_out_by(index) or looped.get(ast.unparse(index), "")
        if mask:
            yield value, mask


def _masked_through(function: Function, given: Bound) -> Iterator[tuple[Named, str]]:
    """Give what a function takes by a mask of those, if it is handed this."""
    names, looped = arguments_of(function), dict(_looped(function))
    for value, index in _indexed(function):
        is_given = isinstance(index, ast.Name) and index.id in names
        handed = given.get(index.id) if is_given and isinstance(index, ast.Name) else index
        mask = (_held_out_by(handed) if handed else "") or looped.get(ast.unparse(index), "")
        if mask:
            yield value, mask


def _indexed(scope: ast.AST) -> Iterator[tuple[Named, ast.expr]]:
    for node in own_nodes(scope):
        match node:
            case ast.Subscript(value=ast.Name() | ast.Attribute() as value, ctx=ast.Load()):
                if root_of(value):
                    yield value, node.slice


def _held_out_by(index: ast.expr) -> str:
    """Return a mask that holds rows out, as it is written; '' where it says no such thing."""
    match index:
        case ast.Name() | ast.Attribute() if is_of(_HELD_OUT, called_name(index)):
            return ast.unparse(index)
        case ast.UnaryOp(op=ast.Invert(), operand=inner) if is_of(TRAINED, called_name(inner)):
            return ast.unparse(index)
        case ast.Subscript(value=inner, slice=ast.Constant(value=str(key))):
            if is_of(_HELD_OUT, f"{called_name(inner)}_{key}"):
                return ast.unparse(index)
    return ""


def _looped(scope: ast.AST) -> Iterator[tuple[str, str]]:
    """Give the names that stand in turn for several masks, with one that holds rows out.

    `for mask in (train_mask, test_mask)`, or `for _, mask in data("train_mask", "test_mask")`.
    """
    for node in own_nodes(scope):
        match node:
            case ast.For(
                target=ast.Name(id=name), iter=ast.Tuple(elts=parts) | ast.List(elts=parts)
            ):
                yield from ((name, mask) for mask in map(_held_out_by, parts) if mask)
            case ast.For(
                target=ast.Tuple(elts=[_, ast.Name(id=name)]),
                iter=ast.Call(func=ast.Name(id=data), args=parts),
            ):
                said = (each.value for each in parts if isinstance(each, ast.Constant))
                for each in said:
                    if isinstance(each, str) and is_of(_HELD_OUT, each):
                        yield name, f"{data}.{each}"
