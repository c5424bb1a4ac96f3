"""Splits of two orders by one size, of which one is cut at another size where its rest begins."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_TRAINED = word_set("train training trn tr")
_HELD = word_set("test testing val valid validation dev eval holdout heldout")


@dataclass(frozen=True)
class _CutPart:
    """What a line takes of `order`: the first `at` rows, or those from `at` on."""

    line: int
    name: str
    order: str
    side: str
    at: str


def find_unlike_splits(scope: Scope) -> Iterator[Slip]:
    """Give what is trained on of an order `b[n:]` beside the held-out `b[:m]`.

    Another order of the scope is split by `a[:m]` and `a[m:]`, and nothing else is cut of either.
    """
    parts: dict[str, list[_CutPart]] = {}
    for node in scope.statements():
        for part in _parts_of(node):
            parts.setdefault(part.order, []).append(part)
    whole = {
        cuts["begin"]
        for own in parts.values()
        if (cuts := _cuts(own)) and cuts["begin"] == cuts["end"]
    }
    for order, own in parts.items():
        cuts = _cuts(own)
        if not cuts or cuts["begin"] == cuts["end"] or _is_cut_within(scope, order):
            continue
        rest = next(each for each in own if each.side == "end")
        held = next(each for each in own if each.side == "begin")
        if cuts["begin"] in whole and cuts["end"] not in whole:
            text = f"{order}[:{held.at}]"
            yield Slip(rest.line, "split-unlike", f"{order}[{rest.at}:]"[:LONGEST], text[:LONGEST])


def _cuts(parts: list[_CutPart]) -> dict[str, str]:
    """Return where the two sides of an order are cut, if held out is the one and trained on both.

    Empty where a side is cut at two places, or is missing.
    """
    found = {side: {each.at for each in parts if each.side == side} for side in ("begin", "end")}
    kinds = {side: {_kind(each.name) for each in parts if each.side == side} for side in found}
    if any(len(each) != 1 for each in (*found.values(), *kinds.values())):
        return {}
    if {kind for each in kinds.values() for kind in each} != {"trained", "held"}:
        return {}
    return {side: next(iter(each)) for side, each in found.items()}


def _kind(name: str) -> str:
    words = words_of(name)
    is_trained, is_held = bool(words & _TRAINED), bool(words & _HELD)
    return "" if is_trained == is_held else "trained" if is_trained else "held"


def _parts_of(node: ast.stmt) -> Iterator[_CutPart]:
    for target, value in assigned_pairs(node):
        for each in walk(value):
            match each:
                case ast.Subscript(
                    value=ast.Name(id=order), slice=ast.Slice(lower=lower, upper=upper, step=None)
                ):
                    one = upper if lower is None else lower if upper is None else None
                    if isinstance(one, ast.Name):
                        side = "begin" if lower is None else "end"
                        yield _CutPart(each.lineno, called_name(target), order, side, one.id)


def _is_cut_within(scope: Scope, order: str) -> bool:
    """Whether something takes rows from within an order: a third part may lie between two."""
    for node in walk(scope.tree):
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Slice(lower=lower, upper=upper)):
                if name == order and lower is not None and upper is not None:
                    return True
    return False
