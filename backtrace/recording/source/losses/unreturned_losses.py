"""Training steps of a module that take a loss and return nothing: nobody goes backward from it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, word_set
from backtrace.recording.source.walks import Function, walk

_STEP = "training_step"
_BY_HAND = word_set("automatic_optimization manual_backward")


def find_unreturned_losses(scope: Scope) -> Iterator[Slip]:
    """Give the last line of each `training_step` that names a loss and has no `return` of a value.

    A class that goes backward itself is left alone, and a file with optimization by hand.
    """
    if not isinstance(scope.node, ast.Module):
        return
    found = [
        (method, names, own)
        for own in scope.tree.body
        if isinstance(own, ast.ClassDef)
        for method in own.body
        if isinstance(method, Function) and method.name == _STEP and not _gives(method)
        if (names := _losses_in(method))
    ]
    if found and not _has(scope.tree, _BY_HAND):
        for method, names, own in found:
            if not _has(own, {"backward"}):
                yield Slip(method.body[-1].lineno, "unreturned", names[-1], _STEP)


def _gives(method: ast.AST) -> bool:
    """Whether a method returns anything, or ends in another way."""
    return any(
        (isinstance(node, ast.Return) and node.value is not None)
        or isinstance(node, ast.Yield | ast.YieldFrom | ast.Raise)
        for node in walk(method)
    )


def _losses_in(method: ast.AST) -> list[str]:
    """Return the names of losses that are written in a method, in their order."""
    found = [
        node
        for node in walk(method)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    ordered = sorted(found, key=lambda node: (node.lineno, node.col_offset))
    return [node.id for node in ordered if "loss" in node.id.lower()]


def _has(tree: ast.AST, names: Set[str]) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in names for node in walk(tree))
