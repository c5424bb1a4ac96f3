"""Modules whose `forward` goes through a generator that `__init__` made: once, and never again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, parents_in, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_ENDING = word_set("zip map filter iter reversed")


def find_kept_generators(scope: Scope) -> Iterator[Slip]:
    """Give each attribute of a class with a `forward` that is given a generator, and no other."""
    if scope.name != "__init__" or not (kept := list(_kept(scope))):
        return
    owner = parents_in(scope.tree).get(id(scope.node))
    if not isinstance(owner, ast.ClassDef):
        return
    through = {name for method in owner.body for name in _gone_through(method)}
    for line, name, value in kept:
        if name in through and count_stores(owner, name) == 1:
            text = ast.unparse(value)[:LONGEST]
            yield Slip(line, "kept-generator", f"self.{name}", text)


def _kept(scope: Scope) -> Iterator[tuple[int, str, ast.expr]]:
    """Give the attributes that are given what ends, each with its line and that."""
    for statement in scope.statements():
        match statement:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value
            ) if _ends(value):
                yield statement.lineno, name, value


def _gone_through(method: ast.stmt) -> Iterator[str]:
    """Give the attributes that a `forward` goes through to the end."""
    if not isinstance(method, Function) or method.name != "forward":
        return
    for node in own_nodes(method):
        match node:
            case ast.For(iter=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                if not any(isinstance(each, ast.Break | ast.Return) for each in own_nodes(node)):
                    yield name


def count_stores(owner: ast.ClassDef, name: str) -> int:
    """Return how often a class writes to an attribute of this name."""
    return sum(
        isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Store)
        for node in walk(owner)
    )


def _ends(value: ast.expr) -> bool:
    match value:
        case ast.GeneratorExp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _ENDING
    return False
