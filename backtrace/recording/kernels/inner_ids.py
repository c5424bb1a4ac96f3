"""One id among others: does it stand alone between them, as a word does, or in runs at an end?"""

from __future__ import annotations

import torch
from torch import Tensor

_FEW = 4  # of what says nothing yet
_FLAGS = 2  # values that are no words


def stands_as_a_word(ids: Tensor, value: int) -> bool:
    """Whether a value stands alone between others in most of the places where ids have it.

    `ids` are integers of (rows, places) or (places, rows): it must be so along both, in four
    places of a row or more, and of more other values than two.
    """
    found = ids == value
    if len(torch.unique(ids[~found])) <= _FLAGS:
        return False
    return all(_is_alone(each) for each in (found, found.t()))


def _is_alone(found: Tensor) -> bool:
    """Whether most of what is True has neighbours before and after it in its row, both False."""
    if found.shape[1] <= _FEW:
        return False
    alone = found[:, 1:-1] & ~found[:, :-2] & ~found[:, 2:]
    places = alone.any(0).sum()
    return int(places) >= _FEW and int(alone.sum()) * 2 > int(found.sum())
