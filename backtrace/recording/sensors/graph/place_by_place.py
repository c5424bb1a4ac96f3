"""What is said at each place of rows of ids, of which a loss is taken."""

from __future__ import annotations

import re

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import mark, mark_of, name_of, shape_of, walk

_KEY = "backtrace.places"
_LIMIT = 5000  # nodes
_NEAR = 60  # nodes between a loss and what it is taken of
_EMBEDDED = "backtrace.embedded"
_LEAVES = ("EmbeddingBackward0", "AccumulateGrad")  # of other ids, and weights
_PRODUCTS = ("AddmmBackward0", "MmBackward0")
_APART = re.compile(  # what leaves each place by itself
    "(Add|Sub|Mul|Div|Relu|Gelu|Silu|Tanh|Sigmoid|NativeLayerNorm|NativeDropout|LogSoftmax|Clone"
    "|View|UnsafeView|ReshapeAlias|Transpose|T|Permute|Expand|ToCopy|Unsqueeze|Squeeze)Backward\\d"
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


def mark_embedded(output: object, name: str) -> None:
    """Mark what an embedding returned for such rows."""
    mark(output, _EMBEDDED, name)


def says_its_own(tensor: Tensor, places: int, name: str) -> bool:
    """Whether each place of a tensor is made of the id at this place, and of no other place's.

    Where nothing but layers that leave each place by itself stands between the tensor and what was
    marked so: the output of an embedding, or of a recurrent layer. `places` is their number in all
    rows.
    """
    waiting = [] if tensor.grad_fn is None else [tensor.grad_fn]
    seen, is_own = set(waiting), False
    while waiting:
        node = waiting.pop()
        kind = name_of(node)
        if name in (mark_of(node, _KEY), mark_of(node, _EMBEDDED)):
            is_own = True
        elif kind not in _LEAVES:
            if len(seen) > _NEAR or not _is_apart(node, kind, places):
                return False
            following = {each for each, _ in node.next_functions if each is not None} - seen
            seen |= following
            waiting += following
    return is_own


def _is_apart(node: Node, kind: str, places: int) -> bool:
    """Whether an operation of so many places leaves each by itself."""
    if kind in _PRODUCTS:
        return shape_of(node)[:1] == (places,)
    return _APART.fullmatch(kind) is not None
