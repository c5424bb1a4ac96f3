"""Whether rows of ids are another sequence than those a decoder is given: what it goes out from."""

from __future__ import annotations

import torch
from torch import Tensor

_MOST_ALIKE = 0.5  # of the places: a masked, noisy or shifted copy is no source
_FEW = 4  # ids that are as few tell which part of a row is which
_SHIFTS = (-1, 0, 1)


def is_numbering(ids: Tensor) -> bool:
    """Whether all rows, columns or diagonals are alike, as numbers of places and distances are."""
    if bool((ids == ids[:1]).all()) or bool((ids == ids[:, :1]).all()):
        return True
    is_square = ids.shape[0] == ids.shape[1]
    return is_square and bool((ids[1:, 1:] == ids[:-1, :-1]).all())


def has_few_ids(ids: Tensor) -> bool:
    """Whether there are so few ids that they say which part of a row is which."""
    return len(torch.unique(ids)) < _FEW


def is_source(other: Tensor, ids: Tensor) -> bool:
    """Whether `other` has as many rows as `ids`, and is no copy of them."""
    if other.device != ids.device or not _has_rows_of(other, ids):
        return False
    if has_few_ids(other):
        return False
    return all(_share_alike(other, ids, shift) < _MOST_ALIKE for shift in _SHIFTS)


def _has_rows_of(other: Tensor, ids: Tensor) -> bool:
    """Whether both have one batch, along the first axis or along the second."""
    return other.shape[0] == ids.shape[0] or other.shape[1] == ids.shape[1]


def _share_alike(other: Tensor, ids: Tensor, shift: int) -> float:
    """Return the share of places that are alike, one of both moved along the axis of time.

    Where both end in a run of one id they are padded, and alike whatever they are.
    """
    if other.shape[0] != ids.shape[0]:
        other, ids = other.t(), ids.t()
    before, after = (other[:, -shift:], ids) if shift < 0 else (other, ids[:, shift:])
    length = min(before.shape[1], after.shape[1])
    if not length:
        return 1.0
    told = ~(_end_runs(before)[:, :length] & _end_runs(after)[:, :length])
    alike = (before[:, :length] == after[:, :length])[told]
    return float(alike.float().mean()) if alike.numel() else 1.0


def _end_runs(ids: Tensor) -> Tensor:
    """Return where rows end in two or more of one and the same id."""
    runs = (ids == ids[:, -1:]).flip(1).cumprod(1).flip(1).bool()
    return runs & (runs.sum(1, keepdim=True) > 1)
