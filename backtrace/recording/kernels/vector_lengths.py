"""The lengths of vectors that stand in the rows or the columns of a matrix."""

from __future__ import annotations

from torch import Tensor

_SPREAD = 0.1  # of the mean length
_FEW = 4  # vectors


def find_unlike_lengths(values: Tensor, axis: int) -> tuple[float, float] | None:
    """Return the shortest and the longest; None where their deviation is below a tenth."""
    lengths = values.float().norm(dim=axis).flatten()
    if len(lengths) < _FEW or not bool(lengths.std() > _SPREAD * lengths.mean()):
        return None
    return float(lengths.min()), float(lengths.max())
