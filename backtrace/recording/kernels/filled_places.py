"""Which places of rows a token of a parameter's fills, and which of them a loss is taken of."""

from __future__ import annotations

import torch
from torch import Tensor

Places = Tensor  # truth values, (rows, places)


def read_places(mask: Tensor) -> Places | None:
    """Return a mask of zeros and ones as truth values for (rows, places); None where it is none.

    It has both, and it may have further axes along which it is one and the same.
    """
    if mask.dim() < 2 or not mask.numel() or mask.is_complex():
        return None
    each = mask.detach().flatten(2)[:, :, 0] if mask.dim() > 2 else mask.detach()
    if mask.dim() > 2 and not bool((mask.detach().flatten(2) == each.unsqueeze(2)).all()):
        return None
    ones = each == 1
    if not bool((ones | (each == 0)).all()) or not bool(ones.any()) or bool(ones.all()):
        return None
    return ones


def read_later_places(index: Tensor, kept: int) -> Places | None:
    """Return where an index (rows, places, ...) takes what stands after `kept` others."""
    if index.dim() not in (2, 3) or not index.numel():
        return None
    return read_places(index.detach() >= kept)


def are_drawn(places: Places) -> bool:
    """Whether each row has as many as the others, and not all have the same.

    Padding, and what is missing in data, is more in one row and less in another.
    """
    counts = places.sum(1)
    return bool((counts == counts[0]).all()) and not bool((places == places[0]).all())


def are_opposite(one: Places, other: Places) -> bool:
    """Whether each place is in just one of the two."""
    return one.shape == other.shape and one.device == other.device and torch.equal(one, ~other)


def are_one(one: Places, other: Places) -> bool:
    """Whether both are of the same places."""
    return one.shape == other.shape and one.device == other.device and torch.equal(one, other)
