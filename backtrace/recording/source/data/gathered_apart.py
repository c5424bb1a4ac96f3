"""Outputs of one pass through a loader, held against the labels of another pass."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.data.kept_origins import Origins
from backtrace.recording.source.data.passes import Fill, find_fills, list_scopes, names_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes

_TARGETS = word_set(
    "y ys yb yt true gt target targets label labels lab labs answer answers class classes"
)


def find_gathered_apart(scope: Scope) -> Iterator[Slip]:
    """Give each line that holds outputs against labels which another loop kept.

    `beside` is the line of the one loop and `every` that of the other: only a run tells whether
    both go through one loader, and whether this draws another order each time.
    """
    if not isinstance(scope.node, ast.Module):
        return
    fills = tuple(find_fills(scope.tree))
    labels = {id(each) for each in fills if each.is_part and _is_target(each)}
    outputs = {id(each) for each in fills if each.is_made and not each.is_part}
    if not labels or not outputs:
        return
    origins, told = Origins(scope.tree, fills), set[int]()
    for at in list_scopes(scope.tree):
        for line, parts in _held_together(at):
            if len(parts) < 2 or line in told:
                continue
            found = [(each, list(origins.of(at, each))) for each in parts]
            for one, made in found:
                for _, kept in found:
                    if _are(outputs, made) and _are(labels, kept) and _are_apart(made, kept):
                        told.add(line)
                        name = ast.unparse(one)[:LONGEST]
                        yield Slip(line, "gathered-apart", name, str(kept[0].line), made[0].line)
                        break


def _is_target(fill: Fill) -> bool:
    names = {*names_in(fill.item), called_name(fill.name)}
    return any(words_of(name) & _TARGETS for name in names)


def _are(kind: set[int], fills: list[Fill]) -> bool:
    return bool(fills) and all(id(each) in kind for each in fills)


def _are_apart(made: list[Fill], kept: list[Fill]) -> bool:
    """Whether no pass made both."""
    return not {id(each.loop) for each in made} & {id(each.loop) for each in kept}


def _held_together(at: ast.AST) -> Iterator[tuple[int, list[ast.expr]]]:
    """Give what stands row by row together: the arguments of a call, two sides that are equal."""
    for node in own_nodes(at):
        match node:
            case ast.Call(args=args, keywords=words):
                given = [*args, *(each.value for each in words)]
                yield node.lineno, [each for each in given if not isinstance(each, ast.Constant)]
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                yield node.lineno, [left, right]
