"""How rows of ids end: by an id that stands for the end of a text, and pads the shorter ones."""

from __future__ import annotations

import torch
from torch import Tensor


def find_unscored_end(ids: Tensor, target: Tensor, ignored: int) -> int | None:
    """Return the id that ends every row and is in no target, though all before it is scored.

    The longest row has it once, at its end, where it is no padding. The target is that of the next
    id, with or without a place for the last one.
    """
    rows, length = ids.shape
    if target.device != ids.device or target.numel() not in (rows * length, rows * (length - 1)):
        return None
    end = ids[:, -1:]
    lengths = (ids == end).flip(1).cumprod(1).sum(1)
    is_padded = bool((end == end[0]).all()) and int(lengths.min()) == 1 < int(lengths.max())
    if length < 3 or not is_padded:
        return None
    told, after = target.detach().reshape(rows, -1)[:, : length - 1], ids[:, 1:]
    is_scored = told != ignored
    last = (length - lengths - 2).clamp(min=0).unsqueeze(1)  # where what comes before it is told
    is_next = torch.equal(told[is_scored], after[is_scored])
    is_told = bool(is_scored.gather(1, last).all())
    is_silent = not bool((told[is_scored] == end[0]).any())
    return int(end[0]) if is_next and is_told and is_silent else None
