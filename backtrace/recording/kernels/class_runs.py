"""The classes of a batch's rows, where rows of one class stand side by side, as in sorted data."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.recording.kernels.class_scores import CLASSES
from backtrace.recording.kernels.loss_values import BINARY

_FEWEST, _MOST = 4, 4096  # rows


def find_runs(function: str, target: Tensor) -> tuple[int, ...] | None:
    """Return the classes of rows in the order in which they stand, one run of rows for each.

    () where a class stands in two runs or more, and where there are not two rows to a class; None
    of what are no classes of rows, or too few rows to tell. Numbers stand for 0 and 1 alone.

    Args:
        function: the loss function's name.
        target: (rows,) or (rows, 1). A view of what has more places than rows has none.
    """
    if function not in CLASSES | set(BINARY) or not _is_of_rows(target):
        return None
    kinds = torch.unique_consecutive(target.detach().reshape(-1)).tolist()
    if not all(_is_class(each) for each in kinds):
        return None
    is_in_runs = 2 * len(kinds) <= target.numel() and len(set(kinds)) == len(kinds)
    return tuple(int(kind) for kind in kinds) if is_in_runs else ()


def _is_of_rows(target: Tensor) -> bool:
    whole = target if target._base is None else target._base
    has_places = whole.dim() > 1 and whole.numel() > len(whole) and whole.numel() == target.numel()
    is_flat = target.shape[1:] in ((), (1,)) and not has_places
    return target.dim() > 0 and is_flat and _FEWEST <= len(target) <= _MOST


def _is_class(value: float) -> bool:
    return value >= 0 if type(value) is int else value in (0.0, 1.0)
