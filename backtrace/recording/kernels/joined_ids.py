"""Where rows of ids stand in a target that is joined of these and of others."""

from __future__ import annotations

import torch
from torch import Tensor

_LARGEST = 2**24  # elements that are compared


def find_joined(ids: Tensor, target: Tensor) -> Tensor | None:
    """Return the elements of a target that are ids, place by place; None where they are not there.

    All may be higher by one number, as classes are that come after those of others.

    Args:
        ids: (rows, length), or (length, rows).
        target: of more elements: (rows, longer), (longer, rows), or what is such, flattened.

    Returns:
        As `ids`, or lacking the first place of each row.
    """
    if target.device != ids.device:
        return None
    rows, length = ids.shape
    if not target.numel() % rows and (target.dim() == 1 or len(target) == rows):
        told = target.detach().reshape(rows, -1)
        for begin in (0, 1):
            found = _find_columns(ids[:, begin:], told)
            if found is not None:
                return found
    if not target.numel() % length and target.dim() < 3:
        is_turned = target.dim() == 1 or target.shape[1] == length
        told = target.detach().reshape(-1, length).t()
        for begin in (0, 1):
            found = _find_columns(ids.t()[:, begin:], told) if is_turned else None
            if found is not None:
                return found.t()
    return None


def _find_columns(ids: Tensor, told: Tensor) -> Tensor | None:
    rows, length = ids.shape
    ways = told.shape[1] - length + 1
    if length < 2 or ways < 2 or rows * length * ways > _LARGEST:
        return None
    apart = told.unfold(1, length, 1) - ids[:, None]
    least, most = apart.amin((0, 2)), apart.amax((0, 2))
    at = torch.nonzero((least == most) & (least >= 0))
    return told[:, int(at[0]) : int(at[0]) + length] if len(at) else None
