"""The lengths and directions of vectors that stand in the rows or the columns of a matrix."""

from __future__ import annotations

import torch
from torch import Tensor

_SPREAD = 0.1  # of the mean length
_FEW = 4  # vectors
_ROWS = 512  # whose directions are looked at
_TINY = 1e-12


def find_unlike_lengths(values: Tensor, axis: int) -> tuple[float, float] | None:
    """Return the shortest and the longest; None where their deviation is below a tenth."""
    lengths = values.float().norm(dim=axis).flatten()
    if len(lengths) < _FEW or not bool(lengths.std() > _SPREAD * lengths.mean()):
        return None
    return float(lengths.min()), float(lengths.max())


def read_spread(sides: list[Tensor]) -> float:
    """Return how far the directions of vectors vary over rows, the mean over `sides`.

    It is the variance of the vectors that are divided by their lengths: 0 where all are one.

    Args:
        sides: each (rows, …, features).
    """
    means = []
    for values in sides:
        rows = values.flatten(0, -2)[:_ROWS].float()
        means.append((rows / rows.norm(dim=1, keepdim=True).clamp_min(_TINY)).mean(0))
    squares = torch.stack([mean.square().sum() for mean in means])
    return float((1 - squares.mean()).clamp_min(0))
