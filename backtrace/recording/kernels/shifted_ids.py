"""Whether a target is what follows each id: the ids themselves, one place on or two."""

from __future__ import annotations

from torch import Tensor

_MOST_SAME = 0.5  # of neighbours: in ids that hardly change, a shift tells nothing
_ENOUGH = 0.9  # of the places: the ends of padded rows may be left out of the target
_PLACES = (1, 2)


def count_places(ids: Tensor, target: Tensor) -> tuple[int, int]:
    """Return by how many places the ids are shifted in a target, and along which dimension.

    0 places where it is something else. A target may lack the last place of each row, as where the
    shift is part of the model's loss.
    """
    if target.device != ids.device:
        return 0, 1
    rows, length = ids.shape
    for places in _PLACES:
        if target.numel() == rows * (length - 1) and _follows(ids, target, places):
            return places, 1
        if target.numel() == ids.numel():
            turned = target.detach().reshape(ids.shape).t()
            if _follows(ids, target, places):
                return places, 1
            if _follows(ids.t(), turned, places):
                return places, 0
    return 0, 1


def _follows(ids: Tensor, target: Tensor, places: int) -> bool:
    """Whether each row of a target has what is so many places on in the ids."""
    rows, length = ids.shape
    if length <= places:
        return False
    before, after = ids[:, :-places], ids[:, places:]
    told = target.detach().reshape(rows, -1)[:, : length - places]
    is_varied = float((before == after).float().mean()) < _MOST_SAME
    return is_varied and float((told == after).float().mean()) > _ENOUGH
