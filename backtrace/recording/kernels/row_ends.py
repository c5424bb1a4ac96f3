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
    if length < 3:
        return None
    end = ids[:, -1:]
    lengths = (ids == end).flip(1).cumprod(1).sum(1)
    is_padded = bool((end == end[0]).all()) and int(lengths.min()) == 1 < int(lengths.max())
    told, after = target.detach().reshape(rows, -1)[:, : length - 1], ids[:, 1:]
    if not is_padded:
        return _find_beyond(ids, target.detach().reshape(rows, -1), ignored)
    is_scored = told != ignored
    last = (length - lengths - 2).clamp(min=0).unsqueeze(1)  # where what comes before it is told
    is_next = torch.equal(told[is_scored], after[is_scored])
    is_told = bool(is_scored.gather(1, last).all())
    is_silent = not bool((told[is_scored] == end[0]).any())
    return int(end[0]) if is_next and is_told and is_silent else None


def _find_beyond(ids: Tensor, told: Tensor, ignored: int) -> int | None:
    """Return such an id of rows that were cut before their last one, to be given beside the next.

    Its place in the longest row, then, is the last of the target alone, which leaves it out; as in
    all the others it leaves out nothing but what follows their last word.
    """
    length = ids.shape[1]
    if told.shape != ids.shape:
        return None
    is_scored = told != ignored
    lengths = (~is_scored).flip(1).cumprod(1).sum(1)
    if int(lengths.min()) != 1 or not 1 < int(lengths.max()) < length:
        return None
    places = torch.arange(length, device=ids.device)
    padding = ids[places > (length - lengths).unsqueeze(1)]  # after the last word of each row
    scored, after = told[:, :-1][is_scored[:, :-1]], ids[:, 1:][is_scored[:, :-1]]
    end = int(padding[0])
    is_one = bool((padding == end).all()) and torch.equal(scored, after)
    is_silent = not bool((told[is_scored] == end).any() | (ids[is_scored] == end).any())
    return end if is_one and is_silent else None
