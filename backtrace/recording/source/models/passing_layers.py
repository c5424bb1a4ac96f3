"""Layers with weights that a `forward` makes anew each time it is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, assigned_pairs, parents_in, word_set
from backtrace.recording.source.walks import Function, walk

_LAYERS = word_set(
    "Linear Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d "
    "Embedding EmbeddingBag RNN LSTM GRU RNNCell LSTMCell GRUCell MultiheadAttention "
    "TransformerEncoderLayer"
)
_NAMED = frozenset({"nn", "torch.nn"})


def find_passing_layers(scope: Scope) -> Iterator[Slip]:
    """Give each layer that a method `forward` makes and calls, under no condition.

    Where its weights are set by hand, or it is loaded, moved into a list or returned, it is left
    alone: only one whose attributes nobody reads is what it was made as.
    """
    if scope.name.rpartition(".")[2] != "forward":
        return
    parents = parents_in(scope.tree)
    for node in scope.nodes():
        if not isinstance(node, ast.Call) or not _is_layer(node):
            continue
        if any(isinstance(each, ast.If | ast.Try | ast.IfExp) for each in _above(node, parents)):
            continue
        if _is_called(node, parents) or any(
            _is_only_called(name, scope, parents) for name in _given(node, scope)
        ):
            yield Slip(node.lineno, "made-anew", ast.unparse(node)[:LONGEST])


def _is_layer(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=owner, attr=name):
            return name in _LAYERS and ast.unparse(owner) in _NAMED
    return False


def _above(node: ast.AST, parents: dict[int, ast.AST]) -> Iterator[ast.AST]:
    """Give what a node stands in, up to its function."""
    while not isinstance(node := parents[id(node)], Function | ast.Module):
        yield node


def _is_called(node: ast.AST, parents: dict[int, ast.AST]) -> bool:
    """Whether what is made or read here is called: `nn.Linear(4, 4)(x)`, with `.to(x.device)`."""
    above = parents[id(node)]
    match above:
        case ast.Attribute(attr="to" | "cuda" | "double" | "half" | "float"):
            moved = parents[id(above)]
            return isinstance(moved, ast.Call) and _is_called(moved, parents)
        case ast.Call(func=func):
            return func is node
    return False


def _given(node: ast.Call, scope: Scope) -> Iterator[str]:
    """Give the local names that a layer is given to."""
    for statement in scope.statements():
        for target, value in assigned_pairs(statement):
            if isinstance(target, ast.Name) and any(each is node for each in walk(value)):
                yield target.id


def _is_only_called(name: str, scope: Scope, parents: dict[int, ast.AST]) -> bool:
    """Whether a name is called, and nothing else is done with it."""
    reads = [
        each
        for each in scope.nodes()
        if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load)
    ]
    return bool(reads) and all(_is_called(each, parents) for each in reads)
