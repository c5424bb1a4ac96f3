"""Generators of parameters that an object keeps, and goes through whenever a method is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.models.kept_generators import count_stores
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, parents_in, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_GIVING = word_set(
    "parameters named_parameters buffers named_buffers modules named_modules children "
    "named_children"
)
_SIDE_BY_SIDE = word_set("zip enumerate")
_DEEPEST = 3


def find_kept_parameters(scope: Scope) -> Iterator[Slip]:
    """Give each loop of a method through `self.x = model.parameters()`, that comes again.

    `beside` is what was kept. Where a class of the file has such a method, it may give a list.
    """
    if scope.name != "__init__":
        return
    owner = parents_in(scope.tree).get(id(scope.node))
    kept = dict(_kept(scope)) if isinstance(owner, ast.ClassDef) else {}
    if not kept or not isinstance(owner, ast.ClassDef) or scope.defined & _GIVING:
        return
    for method in owner.body:
        if not isinstance(method, Function) or method.name == "__init__":
            continue
        for loop in own_nodes(method):
            if not isinstance(loop, ast.For) or _leaves(loop):
                continue
            for name in _gone_through(loop.iter):
                is_kept = name in kept and count_stores(owner, name) == 1
                if is_kept and _comes_again(method, scope.tree):
                    yield Slip(loop.lineno, "kept-parameters", f"self.{name}", kept[name])


def _kept(scope: Scope) -> Iterator[tuple[str, str]]:
    """Give the attributes that are given a generator of torch's, each with how it is written."""
    for statement in scope.statements():
        match statement:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)],
                value=ast.Call(func=ast.Attribute(attr=attr), args=[]) as value,
            ) if attr in _GIVING:
                yield name, ast.unparse(value)[:LONGEST]


def _gone_through(over: ast.expr) -> Iterator[str]:
    """Give the attributes that a loop goes through, side by side or counted as well."""
    match over:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            yield name
        case ast.Call(func=ast.Name(id=called), args=args) if called in _SIDE_BY_SIDE:
            for each in args:
                yield from _gone_through(each)


def _leaves(loop: ast.For) -> bool:
    return any(isinstance(node, ast.Break | ast.Return) for node in own_nodes(loop))


def _comes_again(function: Function, tree: ast.Module, deep: int = 0) -> bool:
    """Whether a function is called in a loop, or by one that is."""
    parents = parents_in(tree)
    for node in walk(tree):
        if not isinstance(node, ast.Call) or called_name(node.func) != function.name:
            continue
        above: ast.AST | None = node
        while above is not None and not isinstance(above, Function):
            if isinstance(above, ast.For | ast.While):
                return True
            above = parents.get(id(above))
        if not isinstance(above, Function) or above is function or deep >= _DEEPEST:
            continue
        if _comes_again(above, tree, deep + 1):
            return True
    return False
