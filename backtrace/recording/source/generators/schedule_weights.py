"""Weights of a sum as powers of a schedule's number, or of what is left of 1 beside it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from backtrace.recording.source.generators.divergences import squared_in
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    word_set,
)
from backtrace.recording.source.walks import own_nodes, walk

# What changes the shape or the kind of a number and not its value, and what picks a step's.
_SHAPING = word_set(
    "view reshape unsqueeze squeeze expand expand_as view_as to cuda cpu float type clone detach"
)
_PICKING = word_set("extract _extract gather")
_MOST = 8  # roots, shapes and names that are followed, one in another


@dataclass(frozen=True)
class Weight:
    """`of` to the power of `inner`; or (`is_rest`) 1 less that, to the power of `outer`."""

    of: str
    inner: float = 1.0
    outer: float = 1.0
    is_rest: bool = False

    def raised(self, power: float) -> Weight:
        """Return a power of it."""
        if self.is_rest:
            return replace(self, outer=self.outer * power)
        return replace(self, inner=self.inner * power)


class WeightReader:
    """Reads weights of a scope, with what its names and the attributes of its file are given."""

    def __init__(self, scope: Scope) -> None:
        self.own = given_once(scope)
        self._outer = _given_by_file(scope.tree)
        self._attributes = _attributes_given(scope.tree)
        self._hidden = {
            each.id
            for each in scope.nodes()
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        if not isinstance(scope.node, ast.Module):
            self._hidden |= {
                each.arg for each in walk(scope.node.args) if isinstance(each, ast.arg)
            }

    def read(self, node: ast.expr, most: int = _MOST, is_inside: bool = False) -> Weight | None:
        """Return what a weight is; `is_inside` where its names are another function's."""
        if not most:
            return None
        inner, power = _power_in(node)
        if inner is not None:
            found = self.read(inner, most - 1, is_inside)
            return None if found is None else found.raised(power)
        if isinstance(node, ast.Name | ast.Attribute):
            given, inside = self._given(node, is_inside)
            found = self.read(given, most - 1, inside) if given is not None else None
            return found or Weight(ast.unparse(node))
        return self._read_made(node, most, is_inside)

    def _read_made(self, node: ast.expr, most: int, is_inside: bool) -> Weight | None:
        """Read what is taken from 1, picked out of a schedule or shaped."""
        match node:
            case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=taken):
                return _rest_of(self.read(taken, most - 1, is_inside))
            case ast.Subscript(value=value, slice=chosen):
                return _picked(self.read(value, most - 1, is_inside), chosen)
            case ast.Call(func=func, args=[value, *others]) if called_name(func) in _PICKING:
                return self._read_picked(node, value, others, most, is_inside)
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _SHAPING:
                return self.read(value, most - 1, is_inside)
        return None

    def _read_picked(
        self, node: ast.Call, value: ast.expr, chosen: list[ast.expr], most: int, is_inside: bool
    ) -> Weight | None:
        """Read `extract(alphas, t, shape)`, or `alphas.gather(-1, t)`."""
        is_gathered = called_name(node.func) == "gather"
        match node.func:
            case ast.Attribute(value=ast.Name(id="torch" | "self")) | ast.Name() if chosen:
                picked = chosen[-1] if is_gathered else chosen[0]
            case ast.Attribute(value=owner) if is_gathered and chosen:
                value, picked = owner, chosen[-1]
            case _:
                return None
        return _picked(self.read(value, most - 1, is_inside), picked)

    def _given(self, node: ast.expr, is_inside: bool) -> tuple[ast.expr | None, bool]:
        match node:
            case ast.Name(id=name) if not is_inside:
                if name in self.own:
                    return self.own[name], False
                return (None if name in self._hidden else self._outer.get(name)), True
            case ast.Attribute(attr=attr):
                return self._attributes.get(attr), True
        return None, is_inside


def _rest_of(found: Weight | None) -> Weight | None:
    if found is None or (found.is_rest and found.outer != 1):
        return None
    return replace(found, is_rest=not found.is_rest)


def _picked(found: Weight | None, chosen: ast.expr) -> Weight | None:
    """Return a weight of which one step's number is taken: axes that are added do not count."""
    parts = chosen.elts if isinstance(chosen, ast.Tuple) else [chosen]
    told = [
        ast.unparse(each)
        for each in parts
        if not isinstance(each, ast.Slice)
        and not (isinstance(each, ast.Constant) and each.value in (None, ...))
    ]
    return found and replace(found, of=f"{found.of}[{', '.join(told)}]" if told else found.of)


def _power_in(node: ast.expr) -> tuple[ast.expr | None, float]:
    """Return what a root or a square is taken of, and the power."""
    square = squared_in(node)
    if square is not None:
        return square, 2.0
    match node:
        case (
            ast.BinOp(left=of, op=ast.Pow(), right=ast.Constant(value=0.5))
            | ast.Call(
                func=ast.Attribute(value=ast.Name(id="torch" | "np" | "math"), attr="sqrt"),
                args=[of],
            )
            | ast.Call(func=ast.Name(id="sqrt"), args=[of])
            | ast.Call(func=ast.Attribute(value=of, attr="sqrt"), args=[])
            | ast.Call(func=ast.Attribute(value=of, attr="pow"), args=[ast.Constant(value=0.5)])
        ):
            return of, 0.5
    return None, 1.0


@lru_cache(maxsize=2)
def _given_by_file(tree: ast.Module) -> Given:
    """Return the variables of a file's own lines that are written to once, with their values."""
    return _written_once(
        (target.id, value)
        for node in own_nodes(tree)
        for target, value in _assigned(node)
        if isinstance(target, ast.Name)
    )


@lru_cache(maxsize=2)
def _attributes_given(tree: ast.Module) -> Given:
    """Return the attributes and buffers that a file writes to once, with their values."""
    found: list[tuple[str, ast.expr]] = []
    for node in walk(tree):
        found += [
            (target.attr, value)
            for target, value in _assigned(node)
            if isinstance(target, ast.Attribute)
        ]
        match node:
            case ast.Call(
                func=ast.Attribute(attr="register_buffer"),
                args=[ast.Constant(value=str() as name), value, *_],
            ):
                found.append((name, value))
    return _written_once(iter(found))


def _assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((each, value) for each in targets)
        case ast.AugAssign(target=target):
            yield from ((target, ast.Constant(value=None)) for _ in range(2))  # never once


def _written_once(pairs: Iterator[tuple[str, ast.expr]]) -> Given:
    told = list(pairs)
    times = Counter(name for name, _ in told)
    return {name: value for name, value in told if times[name] == 1}
