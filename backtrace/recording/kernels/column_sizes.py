"""How large the numbers in the columns of a table are."""

from __future__ import annotations

import torch
from torch import Tensor

_ROWS, _COLUMNS = 256, 4096  # at most
_FEW = 16  # rows
_LARGE = 100.0  # half of a column's numbers, without signs
_TIMES = 1000.0


def find_unlike_columns(table: Tensor) -> tuple[int, float, int, float] | None:
    """Return the column of the largest numbers and their median, that of the smallest and its end.

    None where the median is below 100, or below 1000 times the largest of the other column, all
    without signs. A column of one number says nothing, and so does what lies far out in one row.
    """
    rows = table.detach().flatten(0, -2)[:_ROWS]
    if len(rows) < _FEW or not 1 < rows.shape[1] <= _COLUMNS:
        return None
    sizes = rows.float().abs().sort(0).values
    medians, ends = sizes[len(sizes) // 2], sizes[-1]
    low, high = torch.aminmax(rows, dim=0)
    varies = (low != high) & sizes.isfinite().all(0)
    if not bool(varies.any()):
        return None
    large, largest = _first_of(torch.where(varies, medians, -1).max(0))
    small, smallest = _first_of(torch.where(varies, ends, torch.inf).min(0))
    if largest < _LARGE or largest < _TIMES * smallest:
        return None
    return large, largest, small, smallest


def _first_of(found: tuple[Tensor, Tensor]) -> tuple[int, float]:
    value, place = found
    return int(place), float(value)


def share_of_large_rows(table: Tensor, large: float) -> float:
    """Return the share of rows that have a number of at least `large`, without its sign."""
    rows = table.detach().reshape(len(table), -1) if table.dim() > 1 else table.detach()[:, None]
    return float((rows.abs().amax(1) >= large).float().mean()) if rows.numel() else 0.0
