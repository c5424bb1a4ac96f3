"""Outputs that are kept batch by batch, and taken in a later pass by the number of its batch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.bound_calls import (
    Named,
    root_of,
)
from backtrace.recording.source.data.kept_origins import Origins
from backtrace.recording.source.data.passes import (
    Fill,
    counted_by,
    find_fills,
    goes_through,
    list_scopes,
    names_in,
    stands_in,
)
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, parents_in
from backtrace.recording.source.walks import Function, own_nodes, walk


@dataclass(frozen=True)
class _Taking:
    """A loop through a loader, and the line that takes a part of `kept` by the batch's number."""

    loop: ast.For
    line: int
    kept: Named


def find_kept_outputs(scope: Scope) -> Iterator[Slip]:
    """Give each line that takes what another pass kept, by the number of a batch.

    `beside` is the line of its loop and `every` that of the loop that kept it: only a run tells
    whether both go through one loader, and whether this draws another order each time.
    """
    if not isinstance(scope.node, ast.Module):
        return
    fills = tuple(each for each in find_fills(scope.tree) if each.is_made)
    if not fills:
        return
    origins = Origins(scope.tree, fills)
    told: set[int] = set()
    for at in list_scopes(scope.tree):
        for use in _uses(at):
            for fill in origins.of(at, use.kept):
                if use.line in told or not _are_apart(scope.tree, fill, use):
                    continue
                told.add(use.line)
                place = str(use.loop.iter.lineno)
                yield Slip(use.line, "kept-outputs", ast.unparse(use.kept), place, fill.line)


def _uses(at: ast.AST) -> Iterator[_Taking]:
    """Give what loops of a scope take by the number of a batch, or side by side with batches."""
    for loop in own_nodes(at):
        if not isinstance(loop, ast.For) or not _reads_its_batch(loop):
            continue
        counter = counted_by(loop)
        for node in own_nodes(loop) if counter else ():
            match node:
                case ast.Subscript(value=ast.Name() | ast.Attribute() as taken, ctx=ast.Load()):
                    if root_of(taken) and _is_place(node.slice, counter):
                        yield _Taking(loop, node.lineno, taken)
        match loop.iter:
            case ast.Call(func=ast.Name(id="zip"), args=[first, second], keywords=[]):
                for kept, batches in ((first, second), (second, first)):
                    if isinstance(kept, Named) and root_of(kept) and goes_through(batches):
                        yield _Taking(loop, loop.iter.lineno, kept)


def _reads_its_batch(loop: ast.For) -> bool:
    """Whether a loop reads a part of its batches, and puts nothing else in the place of one."""
    parts = set(names_in(loop.target)) - {counted_by(loop)}
    found = [n for n in own_nodes(loop) if isinstance(n, ast.Name) and n.id in parts]
    for node in own_nodes(loop):
        match node:
            case ast.Assign(targets=targets, value=value):
                written = {name for each in targets for name in names_in(each)}
                if written & parts and not parts & set(names_in(value)):
                    return False
    return any(isinstance(each.ctx, ast.Load) for each in found)


def _is_place(index: ast.expr, counter: str) -> bool:
    """Whether an index is the number of a batch, or the rows up to the next batch."""
    match index:
        case ast.Name(id=name):
            return name == counter
        case ast.Slice(lower=ast.BinOp(op=ast.Mult()) as lower):
            return any(isinstance(e, ast.Name) and e.id == counter for e in walk(lower))
    return False


def _are_apart(tree: ast.Module, fill: Fill, use: _Taking) -> bool:
    """Whether what a pass takes was kept by another pass than itself.

    One loop does both where it keeps only what it does not have yet, in what is made before the
    loop over the epochs.
    """
    if fill.loop is not use.loop:
        return not stands_in(tree, fill.loop, use.loop) and not stands_in(tree, use.loop, fill.loop)
    outer = _loop_around(tree, use.loop)
    if outer is None or not isinstance(fill.name, ast.Name):
        return False
    name = fill.name.id
    remade = (
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store)
        for each in own_nodes(outer)
    )
    return not any(remade) and _is_asked(tree, fill, {name, *names_in(outer.target)})


def _is_asked(tree: ast.Module, fill: Fill, names: set[str]) -> bool:
    """Whether something is kept only where a test of these names says so."""
    node = parents_in(tree).get(id(fill.node))
    while node is not None and node is not fill.loop:
        if isinstance(node, ast.If) and names & set(names_in(node.test)):
            return True
        node = parents_in(tree).get(id(node))
    return False


def _loop_around(tree: ast.Module, loop: ast.For) -> ast.For | None:
    node = parents_in(tree).get(id(loop))
    while node is not None and not isinstance(node, ast.For | Function | ast.Lambda):
        node = parents_in(tree).get(id(node))
    return node if isinstance(node, ast.For) else None
