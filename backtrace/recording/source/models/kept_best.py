"""What is kept as the best of a loop, and is the model itself, which goes on training."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    words_of,
)
from backtrace.recording.source.walks import own_nodes


def find_kept_best(scope: Scope) -> Iterator[Slip]:
    """Give what is kept as the best of a loop and is the model itself, or its own tensors.

    Where it is loaded again, what comes of that is seen when it runs.
    """
    kept = [
        (node, name, value)
        for loop in scope.nodes()
        if isinstance(loop, ast.For | ast.While)
        for branch in own_nodes(loop)
        if isinstance(branch, ast.If)
        for node in branch.body
        for name, value in _kept_as_best(node)
        if not any(_is_made(each, value) for each in own_nodes(loop))
    ]
    if not kept:
        return
    text = ast.unparse(scope.tree)
    for node, name, value in kept:
        is_model = f"{value}.parameters()" in text
        uses = [each for each in (f"load_state_dict({name})", f"deepcopy({name})") if each in text]
        others = [
            each
            for each in scope.nodes()
            if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load)
        ]
        if is_model and others and not uses and not scope.is_read_inside(name):
            yield Slip(node.lineno, "no-copy", name, value)
            return


def _kept_as_best(node: ast.stmt) -> Iterator[tuple[str, str]]:
    for one, other in assigned_pairs(node):
        match one, other:
            case (
                ast.Name(id=name),
                ast.Name(id=model)
                | ast.Call(
                    func=ast.Attribute(value=ast.Name(id=model), attr="state_dict"), args=[]
                ),
            ):
                if "best" in words_of(name):
                    yield name, model


def _is_made(node: ast.AST, name: str) -> bool:
    """Whether a node gives this name to something."""
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
