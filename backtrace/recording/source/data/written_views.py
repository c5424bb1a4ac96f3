"""Batches that are views of stored data, and are written to in every pass over it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    names_in,
    word_set,
)
from backtrace.recording.source.walks import own_nodes, walk

_CUTTING = word_set("split chunk tensor_split unbind")
_WRITING = word_set("add_ sub_ mul_ div_ addcmul_ addcdiv_ lerp_")
_DRAWING = word_set("rand rand_like bernoulli randint randperm random")
_Loop = ast.For | ast.While
_BY = ast.Add | ast.Sub | ast.Mult | ast.Div


def find_written_views(scope: Scope) -> Iterator[Slip]:
    """Give each batch in a loop inside of another that changes what its data are stored in.

    What the same operation leaves as it is the second time, such as a clamp, is left out.
    """
    told: set[int] = set()
    for outer in scope.nodes():
        if not isinstance(outer, _Loop):
            continue
        inside = list(own_nodes(outer))
        if not any(map(_is_backward, inside)):
            continue
        stored = {each.id for each in inside if isinstance(each, ast.Name) and _is_stored(each)}
        for inner in inside:
            if isinstance(inner, ast.For):
                body = [each for part in inner.body for each in (part, *own_nodes(part))]
                for name, data in _find_views(inner, body):
                    line = _find_write(name, body)
                    if line and line not in told and data not in stored:
                        told.add(line)
                        yield Slip(line, "stored", name, data)


def _is_backward(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="backward")):
            return True
    return False


def _is_stored(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)


def _find_views(loop: ast.For, body: list[ast.AST]) -> Iterator[tuple[str, str]]:
    """Give the names of views, each with that of its data: pieces of a split, and slices."""
    match loop.target, loop.iter:
        case ast.Name(id=name), source:
            yield from ((name, data) for data in _data_of(source))
        case ast.Tuple(elts=targets), ast.Call(func=ast.Name(id="zip"), args=sources):
            for target, source in zip(targets, sources, strict=False):
                if isinstance(target, ast.Name):
                    yield from ((target.id, data) for data in _data_of(source))
    for node in body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Subscript(value=ast.Name(id=data), slice=ast.Slice(lower=ast.expr())),
            ):
                yield name, data


def _data_of(source: ast.expr) -> Iterator[str]:
    """Give the name of the tensor that an expression cuts into pieces."""
    match source:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=attr), args=args):
            if attr in _CUTTING and args and isinstance(args[0], ast.Name):
                yield args[0].id
        case ast.Call(func=ast.Attribute(value=ast.Name(id=data), attr=attr), args=args):
            is_text = any(isinstance(e, ast.Constant) and isinstance(e.value, str) for e in args)
            if attr in _CUTTING and (args or attr == "unbind") and not is_text:
                yield data


def _find_write(name: str, body: list[ast.AST]) -> int:
    """Return the line that writes to the tensor of a name, 0 where none does, or it is another."""
    given = [each for each in body if isinstance(each, ast.Assign) and _gives(each, name)]
    if any(not isinstance(each.value, ast.Subscript) for each in given):
        return 0
    drawn = {
        target.id
        for each in body
        if isinstance(each, ast.Assign) and any(map(_is_draw, walk(each.value)))
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    lines = [e.lineno for e in body if isinstance(e, ast.stmt) and _writes(e, name, drawn)]
    read = [
        e.lineno for e in body if isinstance(e, ast.Name) and e.id == name and not _is_stored(e)
    ]
    return min(lines) if lines and max(read, default=0) > min(lines) else 0


def _gives(node: ast.Assign, name: str) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == name and _is_stored(each)
        for target in node.targets
        for each in walk(target)
    )


def _is_draw(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _DRAWING
    return False


def _writes(node: ast.AST, name: str, drawn: set[str]) -> bool:
    match node:
        case ast.AugAssign(target=ast.Name(id=written), op=op, value=value):
            return written == name and isinstance(op, _BY) and not isinstance(value, ast.List)
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=written)), op=op):
            return written == name and isinstance(op, _BY)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=written), attr=attr))):
            return written == name and attr in _WRITING
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=written), slice=places)]):
            at = names_in(places)
            return written == name and bool(at & drawn)
    return False
