"""What left the activation functions of a graph, as far as the graph itself keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from backtrace.ledger.facts import Activation
from backtrace.recording.sensors.graph.nodes import MODULE, Packed, mark_of, name_of, read_saved

_FUNCTIONS = {"ReluBackward0": "relu", "SigmoidBackward0": "sigmoid", "TanhBackward0": "tanh"}
_MOST = 100  # activations of one graph
_LARGEST = 1 << 22  # elements looked at of one activation
_SAMPLE = 1 << 15  # of these, evenly spread, those that are counted
_EDGE = 0.01


def read_activations(nodes: Iterable[Any], is_packed: Packed) -> tuple[Activation, ...]:
    """Read the activations among `nodes`, given in the order in which the forward made them."""
    numbers: dict[str, int] = {}
    found: list[Activation] = []
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
            found.append(_describe(mark_of(node, MODULE) or f"{name}[{number}]", function, values))
    return tuple(found)


def _describe(name: str, function: str, values: Tensor) -> Activation:
    """Read one; of a very large one, as many of its rows as make up the largest size."""
    if values.dim() and values.numel() > _LARGEST:
        values = values[: max(2, _LARGEST * len(values) // values.numel())]
    rows = len(values) if values.dim() > 1 else 1
    sample = values.reshape(-1)[:: max(1, values.numel() // _SAMPLE)]
    numbers = [(sample == 0).sum() / sample.numel()]
    if rows > 1:  # the extremes are found far more quickly than all zeros
        dead = (values.amax(dim=0) == 0) & (values.amin(dim=0) == 0)
        numbers.append(dead.sum() / dead.numel())
    if function != "relu":
        low = -1 + _EDGE if function == "tanh" else _EDGE
        at_bounds = ((sample <= low) | (sample >= 1 - _EDGE)).sum()
        numbers.append(at_bounds / sample.numel())
    shares = torch.stack(numbers).tolist()
    return Activation(
        name,
        function,
        rows,
        zeros=shares[0],
        dead=shares[1] if rows > 1 else None,
        saturated=shares[-1] if function != "relu" else None,
    )
