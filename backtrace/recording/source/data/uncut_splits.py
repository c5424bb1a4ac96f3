"""Splits of a shuffled order whose training part was not cut off where the held-out part ends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_TRAINED = word_set("train training trn tr")
_TESTS = word_set("test testing")
_HELD = _TESTS | word_set("val valid validation dev eval holdout heldout")
_NO_PART = word_set("all full whole total both every")
_SHUFFLES = word_set("randperm permutation shuffle permuted shuffled")
# What takes rows away, or looks where they are, by what is held out.
_TAKES_OUT = word_set("setdiff1d difference isin in1d delete drop remove symmetric_difference")
_CHANGES = word_set("pop remove clear popleft discard")


@dataclass(frozen=True)
class _Cut:
    """What a statement takes of an order, by a slice, `cut`, of one side or, as '', of all of it.

    `form` is how it is written but for that: where it is the same, the same rows are meant.
    """

    line: int
    name: str
    text: str
    order: str
    cut: str
    side: str
    form: str


def find_uncut_splits(scope: Scope) -> Iterator[Slip]:
    """Give the first split of each order of which what is trained on holds what is held out.

    Both are named so, stand in one block and are written alike. An order that is drawn by chance
    is made for parts.
    """
    orders = _shuffled_in(scope)
    for block in scope.blocks if orders else ():
        parts = [each for node in block for each in _parts_of(node, orders)]
        for order in dict.fromkeys(each.order for each in parts):
            own = [each for each in parts if each.order == order]
            pair = next(_pairs(own), None)
            if pair is not None and _is_sure(scope, own, *pair):
                trained, held = pair
                yield Slip(trained.line, "split-uncut", trained.text[:LONGEST], held.text[:LONGEST])


def _shuffled_in(scope: Scope) -> set[str]:
    """Return the names of what a scope puts into an order by chance."""
    found: set[str] = set()
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_drawn(value):
                found.add(name)
            case ast.Call(func=func, args=[ast.Name(id=name)]) if called_name(func) == "shuffle":
                found.add(name)
    return found


def _is_drawn(value: ast.expr) -> bool:
    return any(
        isinstance(each, ast.Call) and called_name(each.func) in _SHUFFLES for each in walk(value)
    )


def _parts_of(node: ast.stmt, orders: set[str]) -> Iterator[_Cut]:
    for target, value in assigned_pairs(node):
        name = called_name(target)
        words = words_of(name)
        is_held, is_trained = bool(words & _HELD), bool(words & _TRAINED)
        if not name or is_held == is_trained or words & _NO_PART:
            continue
        taken = [each for each in walk(value) if isinstance(each, ast.Name) and each.id in orders]
        if len(taken) != 1:
            continue
        text, order = ast.unparse(value), taken[0].id
        slices = [each for each in walk(value) if _is_slice_of(each, order)]
        cut = ast.unparse(slices[0]) if slices else order
        side = _side_of(slices[0]) if slices else ""
        if side is not None:
            form = re.sub(rf"(?<![\w.]){re.escape(cut)}(?!\w)", "_", text)
            yield _Cut(node.lineno, ast.unparse(target), text, order, cut, side, form)


def _is_slice_of(node: ast.AST, order: str) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Slice)
        and isinstance(node.value, ast.Name)
        and node.value.id == order
    )


def _side_of(node: ast.AST) -> str | None:
    """Return `:n` or `n:` as the side that a slice takes, '' of all; None of one from within."""
    part = node.slice if isinstance(node, ast.Subscript) else None
    if not isinstance(part, ast.Slice) or part.step is not None:
        return None
    begins = part.lower is not None and ast.unparse(part.lower) != "0"
    if begins and part.upper is not None:
        return None
    return "end" if begins else "begin" if part.upper is not None else ""


def _pairs(parts: list[_Cut]) -> Iterator[tuple[_Cut, _Cut]]:
    """Give what is trained on, of all of an order or of one end, and what is held out of that."""
    trained = [each for each in parts if _is_trained(each)]
    for one in trained:
        for other in parts:
            is_held = not _is_trained(other) and bool(other.side)
            if is_held and one.form == other.form and one.side in ("", other.side):
                yield one, other


def _is_trained(part: _Cut) -> bool:
    return bool(words_of(part.name.rpartition(".")[2]) & _TRAINED)


def _is_sure(scope: Scope, parts: list[_Cut], trained: _Cut, held: _Cut) -> bool:
    """Whether nothing of a file cuts what is trained on, or the order, in another way."""
    if not _TESTS & words_of(held.name) and _has_test_of_its_own(scope, parts):
        return False
    stores = [
        (ast.unparse(node), node.lineno)
        for node in scope.nodes()
        if isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load)
    ]
    begins, ends = sorted((trained.line, held.line))
    stable = {trained.order, *names_in(ast.parse(trained.form, mode="eval"))}
    if any(name in stable and begins <= line <= ends for name, line in stores):
        return False
    helds = {each.cut for each in parts if not _is_trained(each)}
    return [name for name, _ in stores].count(trained.name) == 1 and not any(
        _takes_out(node, trained, held) or _is_rest(node, held, helds) for node in walk(scope.tree)
    )


def _has_test_of_its_own(scope: Scope, parts: list[_Cut]) -> bool:
    """Whether data for a test come from elsewhere: a validation may then be of the training's."""
    own = {each.name for each in parts}
    return any(
        isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Store)
        and bool(words_of(node.id) & _TESTS)
        and node.id not in own
        for node in walk(scope.tree)
    )


def _is_rest(node: ast.AST, held: _Cut, helds: set[str]) -> bool:
    """Whether something is the rest of an order, from where the held-out part ends."""
    opposite = "begin" if held.side == "end" else "end"
    is_other = _is_slice_of(node, held.order) and _side_of(node) == opposite
    return is_other and ast.unparse(node) not in helds


def _takes_out(node: ast.AST, trained: _Cut, held: _Cut) -> bool:
    """Whether something cuts what is trained on, or rows out of an order by what is held out."""
    both = {trained.name, trained.order}
    match node:
        case ast.Subscript(value=value, slice=part):
            whole = ast.unparse(value)
            is_cut = isinstance(part, ast.Slice) and bool(part.lower or part.upper)
            is_written = not isinstance(node.ctx, ast.Load)
            return (whole == trained.name and is_cut) or (whole in both and is_written)
        case ast.Call(func=ast.Attribute(value=whole, attr=attr)) if attr in _CHANGES:
            return ast.unparse(whole) in both
        case ast.AugAssign(target=target):
            return ast.unparse(target) in both
    return any(_holds(each, held.name) for each in _compared_by(node))


def _compared_by(node: ast.AST) -> list[ast.expr]:
    """Return what rows are taken out by, or are looked for in."""
    match node:
        case ast.Call(args=args) if called_name(node.func) in _TAKES_OUT:
            return args
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[where]):
            return [where]
        case ast.BinOp(op=ast.Sub(), right=right):
            return [right]
    return []


def _holds(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(each, ast.Name | ast.Attribute) and ast.unparse(each) == name
        for each in walk(node)
    )
