"""Names that hold an object which a class makes, and no tensor."""

from __future__ import annotations

import ast

from backtrace.recording.source.source_file import assigned_pairs, called_name, word_set
from backtrace.recording.source.walks import walk

_TENSORS = word_set("Variable Parameter Buffer")
_GIVING_ITSELF = word_set("to cuda cpu float double half train eval")


def holds_an_object(owner: ast.expr, tree: ast.Module) -> bool:
    """Whether all that a file gives a name, or an attribute, is an object that a class makes.

    Its method of a tensor's name is its own, and may change it: TGNMemory's `detach` does.
    """
    text = ast.unparse(owner)
    written = [
        node
        for node in walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and not isinstance(node.ctx, ast.Load)
        and ast.unparse(node) == text
    ]
    given = [
        value
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        for target, value in assigned_pairs(node)
        if ast.unparse(target) == text
    ]
    return 0 < len(written) == len(given) and all(map(_is_made, given))


def _is_made(value: ast.expr) -> bool:
    """Whether a class is called, and what it makes is moved at most."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Call() as made, attr=name)):
            return name in _GIVING_ITSELF and _is_made(made)
        case ast.Call(func=ast.Name() | ast.Attribute() as func):
            name = called_name(func)
            is_tensor = name.endswith("Tensor") or name in _TENSORS
            return name[:1].isupper() and not is_tensor
    return False
