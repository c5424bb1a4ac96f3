"""Slices of the data that a loop over batches takes, and that are the same in each turn."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, names_in, words_of
from backtrace.recording.source.walks import own_nodes, walk

_BATCH = frozenset({"batch", "batches", "bs", "minibatch", "mini"})

_PLAIN = frozenset({"len", "min", "max", "int"})


def find_unmoved_slices(scope: Scope) -> Iterator[Slip]:
    """Give the slice of each loop over batches that depends on nothing that changes in it.

    `for i in range(0, n, size)` or `for i in range(n_batches)`, inside another loop, whose variable
    no slice is made of, with `x[start:start + size]` or `x[:size]` and a backward in it.
    """
    loops = [node for node in scope.nodes() if isinstance(node, ast.For)]
    for loop in loops:
        if not (isinstance(loop.target, ast.Name) and _goes_over_batches(loop.iter)):
            continue
        body = [each for node in loop.body for each in (node, *own_nodes(node))]
        is_inside = any(loop is not other and loop in own_nodes(other) for other in loops)
        if not (is_inside and any(_is_backward(each) for each in body)):
            continue
        moving = _moving(loop, body)
        sliced = [each for each in body if _is_slice_of_rows(each)]
        if sliced and not any(names_in(each) & moving for each in sliced):
            first = min(sliced, key=lambda each: (each.lineno, each.col_offset))
            yield Slip(first.lineno, "unmoved-slice", ast.unparse(first)[:LONGEST], loop.target.id)


def _goes_over_batches(over: ast.expr) -> bool:
    """Whether a range goes over rows by batches, or over the numbers of batches."""
    if not (isinstance(over, ast.Call) and called_name(over.func) == "range" and over.args):
        return False
    if len(over.args) == 3:
        return True
    last = over.args[-1]
    is_share = isinstance(last, ast.BinOp) and isinstance(last.op, ast.FloorDiv)
    return is_share or any(words_of(name) & _BATCH for name in names_in(last))


def _is_backward(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) == "backward"


def _moving(loop: ast.For, body: list[ast.AST]) -> set[str]:
    """Return the loop's variable, and all that a turn may give another value than the one before.

    That is what is made of such a name, or by a call: a draw is another one each time.
    """
    moving, given = names_in(loop.target), []
    for node in body:
        match node:
            case ast.Assign(targets=targets, value=value):
                given += [(name, value) for each in targets for name in names_in(each)]
            case ast.AugAssign(target=target) | ast.For(target=target):
                moving |= names_in(target)
            case ast.NamedExpr(target=target) | ast.AnnAssign(target=target):
                moving |= names_in(target)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner))):
                moving.add(owner)  # whose method may change it
    for _ in given:  # one made of another that is made later is found in the next turn
        moving |= {name for name, value in given if _is_moving(value, moving)}
    return moving


def _is_moving(value: ast.expr, moving: set[str]) -> bool:
    calls = {called_name(each.func) for each in walk(value) if isinstance(each, ast.Call)}
    return bool(names_in(value) & moving or calls - _PLAIN)


def _is_slice_of_rows(node: ast.AST) -> TypeGuard[ast.Subscript]:
    """Whether a few rows of a variable are read: `x[a:b]`, `x[:size]`, of no negative bound."""
    match node:
        case ast.Subscript(value=value, slice=ast.Slice() as bounds, ctx=ast.Load()):
            pass
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[ast.Slice() as bounds, *_])):
            pass
        case _:
            return False
    if bounds.upper is None or any(isinstance(each, ast.USub) for each in walk(bounds)):
        return False
    return isinstance(value, ast.Name | ast.Attribute)
