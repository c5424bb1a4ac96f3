"""Positions: whether ids count from 0, where they end, and whether a table was added to rows."""

from __future__ import annotations

import torch
from torch import Tensor


def counts_from_zero(ids: Tensor) -> bool:
    """Whether the first column of `(rows, 1)` is 0, 1, 2 …."""
    return torch.equal(ids[:, 0], torch.arange(len(ids), device=ids.device, dtype=ids.dtype))


def find_end(index: Tensor) -> int:
    """Return one more than the largest of some positions, which must not be empty."""
    return int(index.max()) + 1


def is_added_to_rows(table: Tensor, given: Tensor, output: Tensor, share: float) -> bool:
    """Whether `output` is what was given and the table's first rows, one for each row.

    `table` is `(length, 1, features)`, the others `(rows, time, features)`; `share` is how much of
    it all dropout has set to zero.
    """
    rows, _, features = given.shape
    if len(table) < rows or table.shape[2] != features:
        return False
    output = output.detach()
    left = output != 0
    wanted = (given.detach() + table[:rows])[left]
    got = output[left] * (1 - share)
    return wanted.numel() > 0 and torch.allclose(got, wanted, rtol=1e-3, atol=1e-4)
