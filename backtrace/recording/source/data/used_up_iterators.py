"""Loops that go through an iterator once more, which has given all that it has the first time."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, word_set
from backtrace.recording.source.walks import Function, own_nodes

_ENDING = word_set("iter zip map filter enumerate reversed")
_THROUGH = word_set("zip enumerate tqdm trange track")
# What gives the parts of a module, unless a class of the file's own gives them in a list.
_OF_MODULES = word_set("parameters named_parameters buffers named_buffers modules named_modules")
_Loop = ast.For | ast.While


def find_used_up_iterators(scope: Scope) -> Iterator[Slip]:
    """Give each `for` inside a loop that goes through what was made before that loop, and ends.

    What is left before its end, or asked by `next`, may go on from there, and is left out.
    """
    loops = [node for node in scope.nodes() if isinstance(node, _Loop) and _goes_round(node)]
    told: set[str] = set()
    for outer in loops:
        inside = list(own_nodes(outer))
        for inner in inside:
            if not isinstance(inner, ast.For) or _leaves(inner):
                continue
            for name in _gone_through(inner.iter):
                value = _find_made(scope, name)
                is_before = value is not None and value.lineno < outer.lineno
                if value is not None and is_before and value not in inside and name not in told:
                    told.add(name)
                    yield Slip(inner.lineno, "used-up", name, ast.unparse(value)[:LONGEST])


def _find_made(scope: Scope, name: str) -> ast.expr | None:
    """Return what a variable is given, if that is one value in all, an iterator that ends."""
    stored, given = 0, None
    for node in scope.nodes():
        match node:
            case ast.Name(id=written) if written == name and _is_stored(node):
                stored += 1
            case ast.Assign(targets=[ast.Name(id=written)], value=value) if written == name:
                given = value
            case ast.Call(func=ast.Name(id="next"), args=[ast.Name(id=asked), *_]):
                if asked == name:
                    return None
    if stored != 1 or given is None or not _ends(given, scope) or scope.is_read_inside(name):
        return None
    return given


def _is_stored(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _ends(value: ast.expr, scope: Scope) -> bool:
    """Whether an expression gives an iterator, which can be gone through once."""
    match value:
        case ast.GeneratorExp():
            return True
        case ast.Call(func=ast.Name(id=name), args=args):
            is_of_python = name in _ENDING and (name != "iter" or len(args) == 1)
            return is_of_python or _is_generator(scope.find_function(name))
        case ast.Call(func=ast.Attribute(attr=name), args=[]) if name in _OF_MODULES:
            return name not in scope.defined
    return False


def _is_generator(function: Function | None) -> bool:
    """Whether a function, without a decorator, gives one thing after another."""
    if function is None or function.decorator_list:
        return False
    return any(isinstance(each, ast.Yield | ast.YieldFrom) for each in own_nodes(function))


def _goes_round(loop: _Loop) -> bool:
    """Whether a loop may have a second round."""
    match loop:
        case ast.For(iter=ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=1)])):
            return False
    return not any(isinstance(each, ast.Break | ast.Return | ast.Raise) for each in loop.body)


def _leaves(loop: ast.For) -> bool:
    """Whether a loop may be left before its end."""
    return any(isinstance(node, ast.Break | ast.Return) for node in own_nodes(loop))


def _gone_through(node: ast.expr) -> Iterator[str]:
    """Give the variables that a `for` goes through, side by side or counted as well."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Call(func=ast.Name(id=name), args=args) if name in _THROUGH:
            for each in args:
                yield from _gone_through(each)
