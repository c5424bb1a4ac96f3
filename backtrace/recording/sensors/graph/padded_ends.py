"""What a recurrent layer says at the end of rows that are padded, where it is used further on."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import (
    mark,
    mark_of,
    name_of,
    signed,
    tensors_in,
)

_KEY = "backtrace.padded"
_OUTPUTS = "outputs"
_STATE = "state"


def mark_padded(output: object, *, is_bidirectional: bool) -> None:
    """Mark what a recurrent layer returned for padded rows: its outputs, and its last states.

    A state of both directions is left out: that of the second has all of the row behind it.
    """
    if not isinstance(output, tuple) or len(output) != 2 or not isinstance(output[0], Tensor):
        return
    outputs, states = output
    mark(outputs, _KEY, _OUTPUTS)
    if not is_bidirectional:
        for state in tensors_in(states):
            if state.grad_fn is not outputs.grad_fn:
                mark(state, _KEY, _STATE)


def find_padded_ends(nodes: Iterable[Node]) -> list[Node]:
    """Return such states that are used, and last places of such outputs."""
    return [node for node in nodes if mark_of(node, _KEY) == _STATE or _is_last_place(node)]


def _is_last_place(node: Node) -> bool:
    if name_of(node) != "SelectBackward0":
        return False
    source = node.next_functions[0][0]
    if source is None or mark_of(source, _KEY) != _OUTPUTS:
        return False
    place, axis = getattr(node, "_saved_index", 0), getattr(node, "_saved_dim", -1)
    sizes = getattr(node, "_saved_self_sym_sizes", ())
    if not isinstance(place, int) or not isinstance(axis, int) or len(sizes) != 3:
        return False
    return axis in (0, 1) and signed(place) in (-1, int(sizes[axis]) - 1)
