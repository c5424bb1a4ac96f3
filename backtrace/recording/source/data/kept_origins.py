"""Follows a name to the loops that kept what it stands for, through calls and returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.bound_calls import (
    Named,
    arguments_of,
    bound_calls,
    root_of,
)
from backtrace.recording.source.data.passes import FORMS, JOINS, Fill, list_scopes
from backtrace.recording.source.source_file import assigned_pairs, called_name
from backtrace.recording.source.walks import Function, own_nodes

_DEEP = 6  # names and functions between where something is kept and where it is taken


@dataclass(frozen=True)
class Origins:
    """Knows what the loops of a file keep."""

    tree: ast.Module
    fills: tuple[Fill, ...]

    def of(self, at: ast.AST, value: ast.expr, deep: int = _DEEP) -> Iterator[Fill]:
        """Give the loops that kept what an expression of the scope `at` is, in its order."""
        if deep <= 0:
            return
        match value:
            case ast.Name() | ast.Attribute() if root_of(value):
                yield from self._of_name(at, value, deep)
            case ast.Call(func=func, args=[first, *_]) if called_name(func) in JOINS:
                yield from self.of(at, first, deep - 1)
            case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in FORMS:
                yield from self.of(at, inner, deep - 1)
            case ast.Call():
                yield from self._returned(value, None, deep)

    def _of_name(self, at: ast.AST, kept: Named, deep: int) -> Iterator[Fill]:
        text, root = ast.unparse(kept), root_of(kept)
        of_object = root == "self" and isinstance(kept, ast.Attribute)
        own = [each for each in self.fills if ast.unparse(each.name) == text]
        yield from (each for each in own if each.at is at or of_object)
        if isinstance(at, Function) and root in arguments_of(at) and not of_object:
            for outer in list_scopes(self.tree):
                for given, _ in bound_calls(self.tree, outer, at):
                    if root in given and text == root:
                        yield from self.of(outer, given[root], deep - 1)
            return
        places = list_scopes(self.tree) if of_object else [at]
        found = [(place, each) for place in places for each in _given(place, text)]
        for place, (value, number) in found:
            if number is None:
                yield from self.of(place, value, deep - 1)
            elif isinstance(value, ast.Call):
                yield from self._returned(value, number, deep)
        if not found and not own and not isinstance(at, ast.Module):
            yield from self._of_name(self.tree, kept, deep - 1)

    def _returned(self, call: ast.Call, number: int | None, deep: int) -> Iterator[Fill]:
        """Give what functions of this name return, or the one of several that is meant."""
        for function in list_scopes(self.tree):
            if not isinstance(function, Function) or function.name != called_name(call.func):
                continue
            for node in own_nodes(function):
                if not isinstance(node, ast.Return) or node.value is None:
                    continue
                value = node.value
                if number is None:
                    yield from self.of(function, value, deep - 1)
                elif isinstance(value, ast.Tuple) and number < len(value.elts):
                    yield from self.of(function, value.elts[number], deep - 1)


def _given(at: ast.AST, text: str) -> Iterator[tuple[ast.expr, int | None]]:
    """Give what a scope gives a name, and the place of it where it is one of several."""
    for node in own_nodes(at):
        if not isinstance(node, ast.Assign):
            continue
        for target, value in assigned_pairs(node):
            if ast.unparse(target) == text:
                yield value, None
            elif isinstance(target, ast.Tuple):
                for number, each in enumerate(target.elts):
                    if ast.unparse(each) == text:
                        yield value, number
