"""How rows end: ids by one that stands for the end of a text, other numbers by zeros."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.explain.graph.no_values import has_no_values

_MUCH = 0.1  # of all steps


def end_in_zeros(taken: Tensor, *, batch_first: bool) -> bool:
    """Whether most rows of what a recurrent layer takes are padded with zeros, some with more.

    What has such a step anywhere before a row's end is no padding: there it means something.
    """
    if not taken.is_floating_point() or has_no_values(taken) or min(taken.shape) == 0:
        return False
    rows = taken.detach() if batch_first else taken.detach().transpose(0, 1)
    is_zero = (rows == 0).all(2)
    ends = is_zero.flip(1).cumprod(1).flip(1).bool()
    lengths = ends.sum(1)
    if not bool(ends[:, -1].any()) or bool((is_zero & ~ends).any()):
        return False
    are_most = 2 * int(ends[:, -1].sum()) > len(lengths)
    is_much = float(ends.float().mean()) > _MUCH
    return are_most and is_much and int(lengths.min()) < int(lengths.max())


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
