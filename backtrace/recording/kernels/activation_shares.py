"""Which share of an activation's values is zero, dead or at its bounds."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.ledger.graph_parts import Activation

_LARGEST = 1 << 22  # elements looked at of one activation
_SAMPLE = 1 << 15  # of these, evenly spread, those that are counted
_EDGE = 0.01


def read_activation(name: str, function: str, values: Tensor) -> Activation:
    """Read one; of a very large one, as many of its rows as make up the largest size.

    `function` is 'relu', 'sigmoid' or 'tanh', and `values` what it returned, not empty.
    """
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
