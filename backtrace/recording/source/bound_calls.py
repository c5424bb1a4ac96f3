"""What calls hand to the functions of a file, and what names within these stand for outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.walks import Function, functions_in, own_calls, own_nodes

Named = ast.Name | ast.Attribute
Bound = dict[str, ast.expr]


def place_of(tree: ast.Module, scope: ast.AST, root: str) -> ast.AST:
    """Return what a name belongs to that a scope uses; what is a `self`'s belongs to the file."""
    is_own = isinstance(scope, Function) and root in _own_names(scope)
    return scope if is_own and root != "self" else tree


def bound_calls(
    tree: ast.Module, scope: ast.AST, wanted: Function | None = None
) -> Iterator[tuple[Bound, Function]]:
    """Give what a scope hands to the functions of the file, by the names of their arguments."""
    functions = _functions_by_name(tree)
    for node in own_calls(scope):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                is_method = False
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                is_method = True
            case _:
                continue
        found = functions.get(name, [])
        if len(found) == 1 and wanted in (None, found[0]):
            yield _bind(node, found[0], is_method), found[0]


@lru_cache(maxsize=2)
def _functions_by_name(tree: ast.Module) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for each in functions_in(tree):
        if isinstance(each, Function):
            found.setdefault(each.name, []).append(each)
    return found


def _bind(call: ast.Call, function: Function, is_method: bool) -> Bound:
    names = arguments_of(function)[is_method:]
    if any(isinstance(each, ast.Starred) for each in call.args):
        return {}
    given = dict(zip(names, call.args, strict=False))
    return given | {each.arg: each.value for each in call.keywords if each.arg}


def handed_in(value: Named, function: Function, given: Bound) -> Named | None:
    """Return what a name within a function stands for outside of it: `g.y` of `data.y`."""
    root = root_of(value)
    if root not in _own_names(function):
        return value
    outside = given.get(root)
    if not isinstance(outside, Named) or not root_of(outside):
        return None
    rest = ast.unparse(value).removeprefix(root)
    found = ast.parse(ast.unparse(outside) + rest, mode="eval").body
    return found if isinstance(found, Named) else None


def root_of(value: ast.expr) -> str:
    """Return the name that an attribute is one of: `data` of `data.y`; '' where there is none."""
    while isinstance(value, ast.Attribute):
        value = value.value
    return value.id if isinstance(value, ast.Name) else ""


def arguments_of(function: Function) -> list[str]:
    """Return the names of what a function is given."""
    given = function.args
    return [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def _own_names(function: Function) -> set[str]:
    stored = {
        node.id
        for node in own_nodes(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return stored | set(arguments_of(function))
