"""What a recurrent layer says at each place of rows of ids, where a loss is taken of it."""

from __future__ import annotations

from torch import Tensor

from backtrace.recording.sensors.graph.autograd_nodes import mark, mark_of, walk

_KEY = "backtrace.places"
_LIMIT = 5000  # nodes


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
