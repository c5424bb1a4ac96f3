"""Probabilities that are read at the classes of all rows, and not at each row's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, walk

_SOFTMAX = word_set("softmax log_softmax")
_TARGETS = word_set("target targets label labels y yb gt truth")
_LOADERS = word_set("loader dataloader dl trainloader testloader batches")


def find_columns_for_rows(scope: Scope) -> Iterator[Slip]:
    """Give each `log_p[:, target]` of a softmax over the classes of a batch's rows.

    `name` is how it is written, `beside` the target: what a loop takes of a loader, or hands to
    the function. Of one number, as the class that an attack is after, a column is meant.
    """
    if not any(isinstance(node, ast.Subscript) for node in scope.nodes()):
        return
    given = set() if _has_single_rows(scope.tree) else _targets_of(scope)
    softmaxes = {
        node.targets[0].id
        for node in scope.nodes()
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and _is_softmax(node.value)
    }
    for node in scope.nodes():
        match node:
            case ast.Subscript(
                value=value,
                slice=ast.Tuple(elts=[ast.Slice(lower=None, upper=None), ast.Name(id=target)]),
                ctx=ast.Load(),
            ) if target in given:
                is_of_one = isinstance(value, ast.Name) and value.id in softmaxes
                if is_of_one or _is_softmax(value):
                    told = ast.unparse(node)[:LONGEST]
                    yield Slip(node.lineno, "columns-for-rows", told, target)


def _targets_of(scope: Scope) -> set[str]:
    """Return what is a batch's targets in a scope, and has no other value there."""
    loops = [(node, node.target) for node in walk(scope.tree) if isinstance(node, ast.For)]
    found: set[str] = set()
    for loop, target in loops:
        names = [each.id for each in walk(target) if isinstance(each, ast.Name)]
        vectors = {name for name in names if words_of(name) & _TARGETS}
        if not (vectors and _LOADERS & {w for n in names_in(loop.iter) for w in words_of(n)}):
            continue
        inside = walk(loop)
        if any(node is loop for node in scope.nodes()):
            found |= vectors
        elif isinstance(scope.node, Function):
            taken = [each.arg for each in scope.node.args.args]
            calls = [n for n in inside if isinstance(n, ast.Call) and _is_call_of(n, scope.name)]
            for call in calls:
                for name, value in zip(taken, call.args, strict=False):
                    if isinstance(value, ast.Name) and value.id in vectors:
                        found.add(name)
    return found - _stored_in(scope)


def _is_call_of(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == name


def _stored_in(scope: Scope) -> set[str]:
    return {
        each.id
        for node in scope.nodes()
        if isinstance(node, ast.Assign)
        for target in node.targets
        for each in walk(target)
        if isinstance(each, ast.Name)
    }


def _has_single_rows(tree: ast.Module) -> bool:
    """Whether a loader of the file gives one row at a time, of which a column is a number."""
    return any(
        isinstance(node, ast.keyword)
        and node.arg == "batch_size"
        and isinstance(node.value, ast.Constant)
        and node.value.value == 1
        for node in walk(tree)
    )


def _is_softmax(value: ast.expr) -> bool:
    """Whether something is a softmax, or its logarithm, over the second or the last axis."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr="log"), args=[]):
            return _is_softmax(inner)
        case ast.Call(func=func, args=args, keywords=keywords) if called_name(func) in _SOFTMAX:
            axes = [*args, *(each.value for each in keywords if each.arg == "dim")]
            return any(ast.unparse(each) in ("1", "-1") for each in axes)
    return False
