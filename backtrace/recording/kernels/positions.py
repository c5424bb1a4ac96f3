"""Positions: whether ids count from 0, where they end, and what was added along which axis."""

from __future__ import annotations

import torch
from torch import Tensor

_LOOKED_AT = 16, 64  # rows and places
_PAIRS = 64  # of the same id that are compared, at most
_FEWEST = 8  # of them, at least
_SAME = 1e-3  # of a number


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


def are_numbered_across(ids: Tensor, taken: Tensor) -> bool:
    """Whether what was made of ids depends on the place along the second axis, and on no other.

    It is for one id the same in all rows, and in no two columns, as where positions were added.
    Numbers that dropout has set to zero tell nothing.

    Args:
        ids: (rows, places).
        taken: (rows, places, features).
    """
    rows, places = _LOOKED_AT
    ids, taken = ids[:rows, :places], taken.detach()[:rows, :places]
    over_rows = torch.nonzero((ids[:, None] == ids[None]) & _above(len(ids), ids)[:, :, None])
    in_rows = torch.nonzero((ids[:, :, None] == ids[:, None]) & _above(ids.shape[1], ids))
    if len(over_rows) < _FEWEST or len(in_rows) < _FEWEST:
        return False
    one, other, place = over_rows[:_PAIRS].unbind(1)
    if bool(_are_apart(taken[one, place], taken[other, place]).any()):
        return False
    row, place, another = in_rows[:_PAIRS].unbind(1)
    return bool(_are_apart(taken[row, place], taken[row, another]).any(1).all())


def _above(size: int, like: Tensor) -> Tensor:
    """Return which pairs are in order, so that each is taken once."""
    numbers = torch.arange(size, device=like.device)
    return numbers[:, None] < numbers


def _are_apart(one: Tensor, other: Tensor) -> Tensor:
    is_left = (one != 0) & (other != 0)
    return is_left & ((one - other).abs() > _SAME * (one.abs() + other.abs()))
