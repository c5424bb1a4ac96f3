"""The line in which a loop moves values along `.grad` itself, as its source tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.source_file import read_tree
from backtrace.recording.source.walks import walk

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@lru_cache(maxsize=256)
def find_step_line(path: str, line: int) -> int | None:
    """Return the line of the step that follows a backward in `line`; None where it is not plain.

    It is looked for in the function of that line, after it before ahead of it; where that has
    none, in the others, and taken if one alone has any.
    """
    tree = read_tree(path)
    if tree is None:
        return None
    steps = list(_find_steps(tree, tree))
    own = _scope_of(tree, line)
    here = [at for scope, at in steps if scope is own]
    if here:
        return next((at for at in here if at > line), here[0])
    is_one = len({id(scope) for scope, _ in steps}) == 1
    return steps[0][1] if is_one else None


def _scope_of(tree: ast.AST, line: int) -> ast.AST:
    """Return the innermost function around a line, or the module."""
    found = tree
    for node in walk(tree):  # what is inside comes after what is around it
        if isinstance(node, _SCOPES) and node.lineno <= line <= (node.end_lineno or 0):
            found = node
    return found


def _find_steps(node: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    """Give the statements that move something along a gradient, in order, with their function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt) and _is_step(child):
            yield scope, child.lineno
        yield from _find_steps(child, child if isinstance(child, _SCOPES) else scope)


def _is_step(node: ast.stmt) -> bool:
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            is_down = isinstance(op, ast.Sub) or (isinstance(op, ast.Add) and _has_minus(value))
            return is_down and _has_grad(value) and not _has_grad(target)
        case ast.Assign(targets=[(ast.Attribute(attr="data") | ast.Subscript()) as target]):
            return _has_grad(node.value) and not _has_grad(target)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=name)) as call):
            given = [*call.args, *(each.value for each in call.keywords)]
            is_in_place = name.endswith("_") and not name.endswith("__")
            return is_in_place and any(map(_has_grad, given)) and not _has_grad(owner)
    return False


def _has_grad(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr == "grad" for each in walk(node))


def _has_minus(node: ast.AST) -> bool:
    return any(isinstance(each, ast.USub) for each in walk(node))
