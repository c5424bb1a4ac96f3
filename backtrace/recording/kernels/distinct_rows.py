"""How many rows of a batch are there once copies are left out."""

from __future__ import annotations

import torch
from torch import Tensor

_ROWS, _COLUMNS = 512, 64  # that are looked at
_LEAST = 16


def count_distinct_rows(batch: Tensor) -> tuple[int, int] | None:
    """Return how many of the rows looked at are distinct, and how many were looked at.

    Args:
        batch: (rows, …), real numbers. None where there are few rows, or whole numbers alone:
            what is counted or one-hot may well come several times. None, too, of what another
            module returned: the rows to be looked at are those that it was given.
    """
    if (
        batch.grad_fn is not None
        or batch.dim() < 2
        or batch.shape[0] < _LEAST
        or not batch[0].numel()
    ):
        return None
    rows = batch.detach()[:_ROWS].flatten(1)
    chosen = rows[:, :: (rows.shape[1] // _COLUMNS) | 1]
    if bool((chosen == chosen.round()).all()) or not bool(torch.isfinite(chosen).all()):
        return None
    return len(torch.unique(chosen, dim=0)), len(chosen)
