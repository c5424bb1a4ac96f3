"""Sums that begin at zero, and that a loop writes over where it should add to them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes

_ZEROS = word_set("zeros zeros_like new_zeros")
_TENSORS = word_set("tensor as_tensor scalar_tensor Tensor FloatTensor")
_TRAINS = word_set("backward step")
# What the last layer's own is meant of: states, and what is only looked at.
_STATES = word_set("h c hx cx hidden hiddens state states cell cells attn attention mask masks out")


def find_overwritten_sums(scope: Scope) -> Iterator[Slip]:
    """Give each name that is zero before a loop, and is written in each turn and read after it.

    It is what a layer gives beside what the next layer takes, `x, log_det = layer(x)`, or a loss
    that goes backward behind the loop. Nothing in the loop reads it.
    """
    for loop in scope.nodes():
        if isinstance(loop, ast.For) and not loop.orelse and _runs_through(loop):
            for name, line, beside in _written(loop):
                is_sum = beside or _goes_backward(scope, loop, name)
                if is_sum and _is_summed(scope, loop, name):
                    yield Slip(line, "overwritten", name, beside)


def _runs_through(loop: ast.For) -> bool:
    """Whether a loop neither ends early nor trains in its turns."""
    return not any(
        isinstance(node, ast.Break | ast.Return)
        or (isinstance(node, ast.Call) and called_name(node.func) in _TRAINS)
        for node in own_nodes(loop)
    )


def _written(loop: ast.For) -> Iterator[tuple[str, int, str]]:
    """Give what each turn writes, with its line, and with what goes on to the next turn, or ''."""
    for node in loop.body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Call(args=args)):
                taken = {each.id for each in args if isinstance(each, ast.Name)}
                given = [each.id for each in names if isinstance(each, ast.Name)]
                carried = [name for name in given if name in taken]
                for name in given if len(carried) == 1 else ():
                    if name not in carried and not words_of(name) & _STATES:
                        yield name, node.lineno, carried[0]
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() | ast.BinOp()):
                yield name, node.lineno, ""


def _is_summed(scope: Scope, loop: ast.For, name: str) -> bool:
    """Whether a name is zero before a loop, unread in it, written there once, and read behind."""
    inside = {id(node) for node in own_nodes(loop)}
    end = loop.end_lineno or loop.lineno
    before: list[tuple[int, int, bool]] = []
    behind: list[tuple[int, int, bool]] = []
    turns = 0
    for node in scope.nodes():
        if not isinstance(node, ast.Name) or node.id != name:
            continue
        is_read = isinstance(node.ctx, ast.Load)
        if id(node) in inside:
            if is_read:
                return False
            turns += 1
        elif node.lineno < loop.lineno:
            before.append((node.lineno, node.col_offset, is_read))
        elif node.lineno > end:
            behind.append((node.lineno, node.col_offset, is_read))
    if turns != 1 or not before or not behind or scope.is_read_inside(name):
        return False
    (line, _, is_read), (_, _, is_read_behind) = max(before), min(behind)
    return not is_read and is_read_behind and _is_zero_in(scope, line, name)


def _is_zero_in(scope: Scope, line: int, name: str) -> bool:
    """Whether a name is given zero in a line."""
    return any(
        isinstance(target, ast.Name) and target.id == name and _is_zero(value)
        for node in scope.nodes()
        if isinstance(node, ast.stmt) and node.lineno == line
        for target, value in assigned_pairs(node)
    )


def _is_zero(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float() as number):
            return number == 0
        case ast.Call(func=ast.Attribute(value=inner, attr="to" | "cuda" | "float" | "double")):
            return _is_zero(inner)
        case ast.Call(func=func, args=[first, *_]):
            name = called_name(func)
            return name in _ZEROS or (name in _TENSORS and _is_zero(first))
    return False


def _goes_backward(scope: Scope, loop: ast.For, name: str) -> bool:
    """Whether `backward` is called behind a loop, on a name or on what is counted of it."""
    end = loop.end_lineno or loop.lineno
    for node in scope.nodes():
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr="backward")):
                names = names_in(value)
                if node.lineno > end and name in names:
                    return True
    return False
