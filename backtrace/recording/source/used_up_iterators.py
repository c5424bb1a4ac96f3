"""Loops that go through an iterator once more, which has given all that it has the first time."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Function, Scope, own_nodes, word_set

_ENDING = word_set("iter zip map filter enumerate reversed")
_THROUGH = word_set("zip enumerate tqdm trange track")
_Loop = ast.For | ast.While


def find_used_up_iterators(scope: Scope) -> Iterator[Slip]:
    """Give each `for` inside a loop that goes through what was made before that loop, and ends.

    What is left before its end, or asked by `next`, may go on from there, and is left out.
    """
    made = _find_made(scope)
    for outer in scope.nodes() if made else ():
        if not isinstance(outer, _Loop) or not _goes_round(outer):
            continue
        inside = list(own_nodes(outer))
        for inner in inside:
            if not isinstance(inner, ast.For) or _leaves(inner):
                continue
            for name in _gone_through(inner.iter):
                value = made.get(name)
                if value is not None and value not in inside and value.lineno < outer.lineno:
                    yield Slip(inner.lineno, "used-up", name, ast.unparse(value)[:LONGEST])
                    del made[name]


def _find_made(scope: Scope) -> dict[str, ast.expr]:
    """Return the variables that are given one value in all, an iterator that ends."""
    given: dict[str, list[ast.expr | None]] = {}
    asked: set[str] = set()
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                given.setdefault(name, []).append(value)
            case ast.Call(func=ast.Name(id="next"), args=[ast.Name(id=name), *_]):
                asked.add(name)
    stored = [n.id for n in scope.nodes() if isinstance(n, ast.Name) and _is_stored(n)]
    generators = _find_generators(scope)
    return {
        name: value
        for name, [value, *more] in given.items()
        if value is not None and not more and stored.count(name) == 1 and name not in asked
        if _ends(value, generators) and not scope.is_read_inside(name)
    }


def _is_stored(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _find_generators(scope: Scope) -> frozenset[str]:
    """Return the functions of the file, no methods, that give one thing after another."""
    return frozenset(
        each.name
        for each in scope.tree.body
        if isinstance(each, Function) and not each.decorator_list
        if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(each))
    )


def _ends(value: ast.expr, generators: frozenset[str]) -> bool:
    """Whether an expression gives an iterator, which can be gone through once."""
    match value:
        case ast.GeneratorExp():
            return True
        case ast.Call(func=ast.Name(id=name), args=args):
            return name in generators or (name in _ENDING and (name != "iter" or len(args) == 1))
    return False


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
