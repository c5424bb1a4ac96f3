"""Lists that are put into another list as they are, and emptied there by emptying them here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import walk

_Place = ast.Name | ast.Attribute


@dataclass(frozen=True)
class EmptiedList:
    """In `line` the list `name` is emptied, which `holder` was given at the line `kept_at`."""

    line: int
    name: str
    holder: str
    kept_at: int


def find_emptied_lists(scope: Scope) -> Iterator[EmptiedList]:
    """Give each list that is kept by another, and emptied after it in the same function or class.

    A list that is made anew in between, or whose holder is emptied as well, is left out.
    """
    for node in walk(scope.tree) if scope.name == "" else ():
        if isinstance(node, ast.ClassDef):
            yield from _find_in_class(node)
    kept: dict[str, tuple[str, int]] = {}
    emptied = {name for node in scope.nodes() if (name := _emptied_by(node))}
    if not emptied:  # as in nearly every function: the file need not be gone through for each
        return
    grown = set(_grown(scope.tree))
    for node in scope.statements():
        for name in _written(node):
            kept.pop(name, None)
        if (name := _emptied_by(node)) in kept:
            holder, line = kept.pop(name)
            yield EmptiedList(node.lineno, name, holder, line)
        for holder, name in _keeps(node):
            if name in grown and holder not in emptied:
                kept[name] = (holder, node.lineno)


def _find_in_class(body: ast.ClassDef) -> Iterator[EmptiedList]:
    """Give what one method keeps and another empties: attributes that no method makes anew."""
    methods = [each for each in body.body if isinstance(each, ast.FunctionDef)]
    parts = [(each.name, node) for each in methods for node in walk(each)]
    statements = [(name, node) for name, node in parts if isinstance(node, ast.stmt)]
    made = {x for name, node in statements if name != "__init__" for x in _written(node)}
    emptied = {x: (name, node) for name, node in statements if (x := _emptied_by(node))}
    if not emptied:
        return
    grown = set(_grown(ast.Module([body], [])))
    for method, node in statements:
        for holder, name in _keeps(node):
            by, at = emptied.get(name, (method, node))
            is_own = name.startswith("self.") and name in grown and name not in made
            if is_own and by != method and holder not in emptied:
                yield EmptiedList(at.lineno, name, holder, node.lineno)


def _keeps(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Give the list that a statement puts into another, with that: `holder.append(name)`."""
    match node:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=holder, attr="append"), args=[given])
        ):
            parts = given.elts if isinstance(given, ast.Tuple) else [given]
            for part in parts:
                if isinstance(part, _Place) and isinstance(holder, _Place):
                    yield ast.unparse(holder), ast.unparse(part)


def _emptied_by(node: ast.AST) -> str:
    """Return the list that a statement empties: `name.clear()`, `del name[:]`; or ''."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=name, attr="clear"), args=[])):
            return ast.unparse(name)
        case ast.Delete(targets=[ast.Subscript(value=name, slice=ast.Slice(None, None, None))]):
            return ast.unparse(name)
    return ""


def _written(node: ast.stmt) -> Iterator[str]:
    """Give what a statement binds anew."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.For):
        targets = [node.target]
    for target in targets:
        for part in walk(target):
            if isinstance(part, _Place) and isinstance(part.ctx, ast.Store):
                yield ast.unparse(part)


def _grown(tree: ast.Module) -> Iterator[str]:
    """Give what the file appends to: lists, by all that can be told."""
    for node in walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name() | ast.Attribute() as name, attr=attr)
            ):
                if attr in ("append", "extend"):
                    yield ast.unparse(name)
