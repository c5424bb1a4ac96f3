"""What a distribution drew: a few of its numbers, kept to be known again in another tensor."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

WHOLE = (0, -1)
_ROWS = 8
_FIRST = 64  # numbers
_CLOSE = 1e-4


@dataclass(frozen=True)
class DrawnNumbers:
    """The first numbers of a draw and its first rows, and those of what it was drawn around."""

    count: int
    first: Tensor
    rows: Tensor
    around: Tensor | None


def keep_numbers(drawn: Tensor, around: Tensor | None) -> DrawnNumbers:
    """Copy a few numbers of a draw, and of its distribution's mean where that has its shape."""
    if around is None or around.shape != drawn.shape:
        return DrawnNumbers(drawn.numel(), _first_of(drawn), _rows_of(drawn), None)
    return DrawnNumbers(drawn.numel(), _first_of(drawn), _rows_of(drawn), _first_of(around))


def places_of(numbers: DrawnNumbers, given: Tensor) -> tuple[int, ...]:
    """Return where a draw's numbers stand in what a layer was given: WHOLE where they are all.

    (0,) where they are its first columns, (-1,) its last ones, and () where they are not in it.
    """
    is_plain = given.is_floating_point() and given.layout is torch.strided and given.numel() > 0
    if not is_plain or given.device != numbers.first.device:
        return ()
    if given.numel() == numbers.count and _are_same(_first_of(given), numbers.first):
        return WHOLE
    rows, width = numbers.rows, numbers.rows.shape[1]
    if given.dim() < 2 or given.shape[-1] < width or rows.numel() < 2:
        return ()
    taken = _rows_of(given)
    if given.shape[-1] == width:  # each row several times, as for all times of a sequence
        return WHOLE if width > 1 and torch.equal(taken[0], rows[0].to(taken.dtype)) else ()
    if taken.shape[0] != rows.shape[0]:
        return ()
    ends = ((0, taken[:, :width]), (-1, taken[:, -width:]))
    return tuple(place for place, part in ends if _are_same(part, rows))


def is_distance(numbers: DrawnNumbers, saved: Tensor) -> bool:
    """Whether a tensor is how far the draw is from its mean, by any one scale.

    A density that is written by hand begins so.
    """
    if numbers.around is None or saved.numel() != numbers.count or saved.is_sparse:
        return False
    if not saved.is_floating_point() or saved.device != numbers.first.device:
        return False
    apart, taken = (numbers.first - numbers.around).float().abs(), _first_of(saved).float().abs()
    most, theirs = apart.max(), taken.max()
    return torch.allclose(taken * most, apart * theirs, rtol=1e-3, atol=_CLOSE * float(theirs))


def _are_same(one: Tensor, numbers: Tensor) -> bool:
    """Whether numbers are those of a draw, or of its tanh, as those of a bounded action are."""
    if one.shape != numbers.shape:
        return False
    drawn = numbers.to(one.dtype)
    return torch.equal(one, drawn) or torch.allclose(one, drawn.tanh(), rtol=1e-5, atol=1e-7)


def _first_of(tensor: Tensor) -> Tensor:
    return tensor.detach().reshape(-1)[:_FIRST].clone()


def _rows_of(tensor: Tensor) -> Tensor:
    width = tensor.shape[-1] if tensor.dim() else 1
    return tensor.detach().reshape(-1, width)[:_ROWS].clone()
