"""Ratios of a thing to itself: `exp(x - x)`, which is 1 whatever the model says."""

from __future__ import annotations

from collections.abc import Iterable

from torch.autograd.graph import Node

from backtrace.recording.kernels.finiteness import is_one
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved

_DIFFERENCES = ("SubBackward0", "AddBackward0", "RsubBackward0")


def find_ratios_of_one(nodes: Iterable[Node], is_packed: Packed) -> list[Node]:
    """Return the exponentials of a difference that are 1 in every element."""
    found: list[Node] = []
    for node in nodes:
        if name_of(node) != "ExpBackward0" or is_packed(node):
            continue
        source = node.next_functions[0][0]
        result = read_saved(node, "_saved_result")
        if source is None or result is None or result.numel() < 2:
            continue
        if name_of(source) in _DIFFERENCES and is_one(result):
            found.append(node)
    return found
