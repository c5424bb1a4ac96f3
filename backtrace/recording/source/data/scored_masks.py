"""Masks that an evaluation takes with its batches, and what the file else does with them."""

from __future__ import annotations

import ast

from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    parents_in,
    word_set,
)
from backtrace.recording.source.walks import own_nodes, walk

# What is asked of a tensor that tells nothing of what it holds.
_ASKED = word_set("to cuda cpu float double half numel size shape device dtype detach")


def leaves_out(scope: Scope, name: str) -> bool:
    """Whether something else in the file leaves out what the mask of this name does.

    It sums the mask, selects or turns it about, or hands it to what the scope calls without it. A
    mask that a loss is multiplied by, and no more, holds weights of the loss: what scores need not.
    """
    own = {id(node) for node in own_nodes(scope.node)}
    called = {called_name(node.func) for node in scope.nodes() if isinstance(node, ast.Call)}
    parents = parents_in(scope.tree)
    return any(
        _selects(parents, node, called)
        for node in walk(scope.tree)
        if isinstance(node, ast.Name) and node.id == name and id(node) not in own
        if isinstance(node.ctx, ast.Load)
    )


def _selects(parents: dict[int, ast.AST], node: ast.Name, called: set[str]) -> bool:
    match parents.get(id(node)):
        case ast.Attribute(attr=attr):
            return attr not in _ASKED
        case ast.Call(func=func, args=args, keywords=keywords):
            given = {id(each) for each in (*args, *(each.value for each in keywords))}
            return id(node) in given and called_name(func) in called
        case ast.keyword() as above:
            call = parents.get(id(above))
            return isinstance(call, ast.Call) and called_name(call.func) in called
        case ast.Subscript(slice=index):
            return node.id in names_in(index)
        case ast.UnaryOp(op=ast.Invert()) | ast.Compare() | ast.BinOp(op=ast.BitAnd()):
            return True
    return False
