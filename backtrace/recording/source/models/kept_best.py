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

    It is read behind the loop, and not in the branch that keeps it, as what is saved there is.
    Where it is loaded again, what comes of that is seen when it runs.
    """
    text = ""
    for loop in scope.nodes():
        if not isinstance(loop, ast.For | ast.While):
            continue
        for branch in own_nodes(loop):
            if not isinstance(branch, ast.If):
                continue
            for node in branch.body:
                for name, value, is_state in _kept_as_best(node):
                    text = text or ast.unparse(scope.tree)
                    is_model = is_state or f"{value}.parameters()" in text
                    if is_model and _is_stale(name, value, loop, branch, scope, text):
                        yield Slip(node.lineno, "no-copy", name, value)
                        return


def _kept_as_best(node: ast.stmt) -> Iterator[tuple[str, str, bool]]:
    """Give the name that a statement keeps a model by, the model, and whether it is its state."""
    for one, other in assigned_pairs(node):
        match one, other:
            case ast.Name(id=name), ast.Name(id=model) if "best" in words_of(name):
                yield name, model, False
            case (
                ast.Name(id=name),
                ast.Call(
                    func=ast.Attribute(
                        value=ast.Name() | ast.Attribute() as model, attr="state_dict"
                    ),
                    args=[],
                ),
            ) if "best" in words_of(name):
                yield name, ast.unparse(model), True


def _is_stale(
    name: str, model: str, loop: ast.For | ast.While, branch: ast.If, scope: Scope, text: str
) -> bool:
    """Whether what is read by a name behind a loop is what the model has become since."""
    if any(_is_made(each, model) for each in own_nodes(loop)) or scope.is_read_inside(name):
        return False
    if any(use in text for use in (f"load_state_dict({name})", f"deepcopy({name})")):
        return False
    lines = {
        each.lineno
        for each in scope.nodes()
        if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load)
    }
    kept = range(branch.lineno, (branch.end_lineno or branch.lineno) + 1)
    return not lines.intersection(kept) and max(lines, default=0) > (loop.end_lineno or 0)


def _is_made(node: ast.AST, name: str) -> bool:
    """Whether a node gives this name to something."""
    is_stored = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store)
    return is_stored and ast.unparse(node) == name
