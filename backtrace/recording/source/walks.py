"""What stands in a node of a file: walked once, and kept with the node for all finders."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import wraps

Function = ast.FunctionDef | ast.AsyncFunctionDef
Walk = Callable[[ast.AST], tuple[ast.AST, ...]]


def _kept(find: Callable[[ast.AST], Iterable[ast.AST]]) -> Walk:
    """Keep what is found in a node beside its fields: it lives as long as the node does."""
    name = f"kept_{find.__name__}"

    @wraps(find)
    def walk_once(node: ast.AST) -> tuple[ast.AST, ...]:
        beside = node.__dict__
        if name not in beside:
            beside[name] = tuple(find(node))
        found: tuple[ast.AST, ...] = beside[name]
        return found

    return walk_once


@_kept
def walk(node: ast.AST) -> Iterable[ast.AST]:
    """Return a node and all that stands in it, in the order of `ast.walk`."""
    return ast.walk(node)


@_kept
def own_nodes(node: ast.AST) -> Iterable[ast.AST]:
    """Return what stands in a node, without what stands in functions and classes inside."""
    left = [node]
    while left:
        for child in ast.iter_child_nodes(left.pop()):
            if not isinstance(child, Function | ast.Lambda | ast.ClassDef):
                yield child
                left.append(child)


@_kept
def functions_in(node: ast.AST) -> Iterable[ast.AST]:
    """Return the functions in a node, those inside of others as well."""
    return (each for each in walk(node) if isinstance(each, Function))


@_kept
def own_calls(node: ast.AST) -> Iterable[ast.AST]:
    """Return the calls of `own_nodes`."""
    return (each for each in own_nodes(node) if isinstance(each, ast.Call))
