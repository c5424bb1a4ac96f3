"""Softmaxes over the first axis of what they are given, where rows of a batch stand."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import name_of, shape_of, signed

_SOFTMAX = ("SoftmaxBackward0", "LogSoftmaxBackward0")
# What hands scores on in their places: logarithms, bounds and conversions.
_IN_PLACE = ("LogBackward0", "ClampBackward1", "AddBackward0", "ToCopyBackward0", "CloneBackward0")


def find_softmax_over_rows(nodes: Sequence[Node]) -> list[Node]:
    """Return each softmax over the first of several axes."""
    found: list[Node] = []
    for node in nodes:
        if name_of(node) in _SOFTMAX:
            shape = shape_of(node)
            axis = signed(getattr(node, "_saved_dim", 1))
            if len(shape) > 1 and axis in (0, -len(shape)) and min(shape[:2]) > 1:
                found.append(node)
    return found


def find_picked_over_rows(nodes: Sequence[Node], softmaxes: Sequence[Node]) -> list[Node]:
    """Return those of softmaxes over the first axis of which one of each row is picked.

    By a gather along the second, or by an index of both: each row is taken for a distribution.
    """
    found: list[Node] = []
    for node in nodes if softmaxes else ():
        if _picks_of_rows(node):
            behind = node.next_functions[0][0]
            while behind is not None and name_of(behind) in _IN_PLACE:
                behind = behind.next_functions[0][0]
            found += [each for each in softmaxes if each is behind and len(shape_of(each)) == 2]
    return found


def _picks_of_rows(node: Node) -> bool:
    if name_of(node) == "GatherBackward0":
        return signed(getattr(node, "_saved_dim", 0)) in (1, -1)
    if name_of(node) == "IndexBackward0":
        return len(getattr(node, "_saved_indices", ())) == 2
    return False
