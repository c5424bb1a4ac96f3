"""How rows of ids begin: with one that stands before the first word."""

from __future__ import annotations

from torch import Tensor


def find_start(ids: Tensor, target: Tensor) -> int | None:
    """Return the id that each row has at its first two places, and the target at its first.

    None where it is not one id, and where a row goes on with it: a place more of it is padding. The
    target is that of the next id, with or without a place for the last one.
    """
    rows, length = ids.shape
    if length < 3 or target.device != ids.device or target.numel() < rows * (length - 1):
        return None
    first, told = ids[0, 0], target.detach().reshape(rows, -1)[:, 0]
    if not bool((ids[:, :2] == first).all()) or bool((ids[:, 2] == first).any()):
        return None
    return int(first) if bool((told == first).all()) else None
