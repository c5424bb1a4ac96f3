"""Softmaxes over the first axis of what they are given, where rows of a batch stand."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import name_of, shape_of, signed

_SOFTMAX = ("SoftmaxBackward0", "LogSoftmaxBackward0")


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
