"""Whether weights are shares of several classes, as targets that are smoothed or one-hot are."""

from __future__ import annotations

from torch import Tensor

_MISSING = 1e-3  # of what a row adds up to


def are_shares(weights: Tensor) -> bool:
    """Whether each row of the last dimension has no number below 0, and adds up to 1."""
    if weights.dim() < 2 or weights.shape[-1] < 2 or weights.requires_grad or not weights.numel():
        return False
    sums = weights.detach().float().sum(-1)
    return float(weights.min()) >= 0 and float((sums - 1).abs().max()) < _MISSING
