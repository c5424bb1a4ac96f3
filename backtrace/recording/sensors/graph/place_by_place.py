"""What is said at each place of rows of ids, of which a loss is taken."""

from __future__ import annotations

import re

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.shifted_ids import are_same
from backtrace.recording.sensors.graph.autograd_nodes import mark, mark_of, name_of, walk

_KEY = "backtrace.places"
_LIMIT = 5000  # nodes
_NEAR = 60  # nodes between a loss and what it is taken of
_PRODUCTS = {"AddmmBackward0": "_saved_mat1_sym_sizes", "MmBackward0": "_saved_self_sym_sizes"}
_APART = re.compile(  # what leaves each place by itself
    "(Add|Sub|Mul|Div|Relu|Gelu|Silu|Tanh|Sigmoid|NativeLayerNorm|NativeDropout|LogSoftmax|Clone"
    "|View|UnsafeView|ReshapeAlias|Transpose|T|Permute|ToCopy|Unsqueeze|Squeeze)Backward\\d"
)


def mark_places(output: object, name: str) -> None:
    """Mark what a recurrent layer returned for all places of such rows; its states are left out."""
    if isinstance(output, tuple) and len(output) == 2 and type(output[0]) is Tensor:
        outputs, states = output
        lasts = states if isinstance(states, tuple) else (states,)
        made_by = [last.grad_fn for last in lasts if isinstance(last, Tensor)]
        if outputs.grad_fn not in made_by:  # else both would be marked
            mark(outputs, _KEY, name)


def is_made_of_places(tensor: Tensor, name: str) -> bool:
    """Whether what was marked so is in the graph of a tensor."""
    if tensor.grad_fn is None:
        return False
    return any(mark_of(node, _KEY) == name for node in walk(tensor.grad_fn, _LIMIT))


def says_its_own(tensor: Tensor, ids: Tensor, name: str) -> bool:
    """Whether each place of a tensor is made of the id at this place, and of none that is later.

    Where nothing but layers that leave each place by itself stands between the tensor and an
    embedding of these ids, or what was marked so. `tensor` has a row for each of the ids or more
    dimensions.
    """
    waiting = [] if tensor.grad_fn is None else [tensor.grad_fn]
    seen = set(waiting)
    while waiting and len(seen) < _NEAR:
        node = waiting.pop()
        if mark_of(node, _KEY) == name or _embeds(node, ids):
            return True
        if _is_apart(node, ids.numel()):
            following = {each for each, _ in node.next_functions if each is not None} - seen
            seen |= following
            waiting += following
    return False


def _embeds(node: Node, ids: Tensor) -> bool:
    indices = (
        getattr(node, "_saved_indices", None) if name_of(node) == "EmbeddingBackward0" else None
    )
    return type(indices) is Tensor and are_same(ids, indices)


def _is_apart(node: Node, places: int) -> bool:
    """Whether an operation of so many places leaves each by itself."""
    name = name_of(node)
    if name in _PRODUCTS:
        return bool(getattr(node, _PRODUCTS[name])[0] == places)
    return _APART.fullmatch(name) is not None
