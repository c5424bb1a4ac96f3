"""The inner products of gradients that were added up term by term, in float64."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

Products = dict[tuple[str, str], float]


def add_wide(total: Tensor | None, grad: Tensor) -> Tensor:
    """Return `total` plus a gradient, in float64 and dense; None stands for zeros."""
    wide = grad.detach().to_dense().double() if grad.is_sparse else grad.detach().double()
    return wide if total is None else total + wide


def multiply_pairs(sums: Mapping[str, Tensor]) -> Products:
    """Return the inner product of each pair of tensors, by their names."""
    return {(a, b): float(torch.sum(sums[a] * sums[b]).item()) for a in sums for b in sums}
