"""What left the activation functions of a graph, as far as the graph itself keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import torch
from torch.autograd.graph import Node

from backtrace.ledger.graph_parts import Activation
from backtrace.recording.kernels.activation_shares import read_activation
from backtrace.recording.sensors.graph.autograd_nodes import (
    MODULE,
    Packed,
    mark_of,
    name_of,
    read_saved,
)
from backtrace.recording.sensors.graph.soft_thresholds import is_soft_threshold

_FUNCTIONS = {"ReluBackward0": "relu", "SigmoidBackward0": "sigmoid", "TanhBackward0": "tanh"}
SATURATED = 0.6  # the share at its bounds, as BT505 has it
_MOST = 100  # activations of one graph


def read_activations(
    nodes: Iterable[Node], is_packed: Packed
) -> tuple[tuple[Activation, ...], list[Node]]:
    """Read the activations among `nodes`, given in the order in which the forward made them.

    The nodes that are returned are those of which most elements are at their bounds.
    """
    numbers: dict[str, int] = {}
    found: list[Activation] = []
    saturated: list[Node] = []
    for node in nodes:
        name = name_of(node)
        function = _FUNCTIONS.get(name)
        if function is None:
            continue
        number = numbers[name] = numbers.get(name, -1) + 1
        if len(found) == _MOST or is_packed(node):
            continue
        values = read_saved(node, "_saved_result")
        if values is not None and values.layout is torch.strided and values.numel():
            label = mark_of(node, MODULE) or f"{name}[{number}]"
            activation = read_activation(label, function, values)
            if function != "relu" and is_soft_threshold(node, is_packed):
                activation = replace(activation, saturated=None)
            found.append(activation)
            if activation.saturated is not None and activation.saturated >= SATURATED:
                saturated.append(node)
    return tuple(found), saturated
