"""Sums over the edges of a batch of graphs whose edges name the nodes of the first graph alone."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.positions import find_end
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    name_of,
    read_saved,
    shape_of,
    signed,
)
from backtrace.recording.tensors.is_tensor import is_tensor

_SUMS = ("IndexAddBackward0", "ScatterAddBackward0", "ScatterReduceBackward0")
_VIEWS = ("ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0")
_FEWEST = 3  # nodes of a graph


def find_edges_of_one_graph(
    nodes: Sequence[Node], is_packed: Packed
) -> tuple[tuple[int, ...], list[Node]]:
    """Return how many graphs there are and of how many nodes, and the sums that reach one alone.

    A view says it, of (graphs, nodes, …) and rows of all: that many rows are summed into, and no
    sum goes beyond the nodes of the first graph, of which it reaches the larger part.
    """
    sums = [node for node in nodes if name_of(node) in _SUMS and _goes_over_rows(node)]
    if not sums:
        return (), []
    for graphs, size in _batches(nodes):
        of_all = [node for node in sums if shape_of(node)[0] == graphs * size]
        ends = [_read_end(node, is_packed) for node in of_all]
        if ends and 0 not in ends and size / 2 < max(ends) <= size:
            return (graphs, size), of_all
    return (), []


def _goes_over_rows(node: Node) -> bool:
    shape = shape_of(node)
    return len(shape) > 1 and signed(getattr(node, "_saved_dim", -1)) in (0, -len(shape))


def _batches(nodes: Sequence[Node]) -> list[tuple[int, int]]:
    """Return the sizes (a, b) of each view that makes a·b rows of (a, b, …), or these of rows."""
    found: dict[tuple[int, int], None] = {}
    for node in nodes:
        source, index = node.next_functions[0] if node.next_functions else (None, 0)
        if source is None or name_of(node) not in _VIEWS:
            continue
        for one, other in (
            (shape_of(source, index), shape_of(node)),
            (shape_of(node), shape_of(source, index)),
        ):
            is_of_graphs = len(one) > 1 and one[0] > 1 and one[1] >= _FEWEST
            if is_of_graphs and other[:1] == (one[0] * one[1],):
                found.setdefault((one[0], one[1]))
    return list(found)


def _read_end(node: Node, is_packed: Packed) -> int:
    """Return one more than the last row that a sum goes to; 0 where that cannot be read."""
    index = None if is_packed(node) else read_saved(node, "_saved_index")
    if index is None or not _is_at_hand(index):
        return 0
    return find_end(index)


def _is_at_hand(index: Tensor) -> bool:
    """Whether its numbers can be read without waiting for a device."""
    return is_tensor(index) and index.device.type == "cpu" and index.numel() > 0
