"""Whether a target is what follows each id: the ids themselves, one place on or two."""

from __future__ import annotations

from torch import Tensor

_MOST_SAME = 0.5  # of neighbours: in ids that hardly change, a shift tells nothing
_ENOUGH = 0.9  # of the places: the ends of padded rows may be left out of the target
_ALL = 0.98  # of the places: a few may be left out of the loss
_TELLING = 0.25  # of the places, at least
_FEW_TELL = 32  # of them: enough where only answers are scored, and nothing is told of what is seen
_PLACES = (1, 2)
_FEW_PLACES = 4  # of series of numbers


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


def are_same(ids: Tensor, target: Tensor) -> bool:
    """Whether a target is the ids themselves, place by place; of ids that hardly change, no.

    Places that are left out of the loss, as -100, tell nothing, unless they are nearly all.
    """
    if target.device != ids.device or target.numel() != ids.numel() or ids.shape[1] < 2:
        return False
    told = target.detach().reshape(ids.shape)
    is_scored = told >= 0
    if not float(is_scored.float().mean()) > _TELLING:
        return False
    stays = (ids[:, :-1] == ids[:, 1:])[is_scored[:, :-1]]
    is_varied = float(stays.float().mean()) < _MOST_SAME
    return is_varied and float((told == ids)[is_scored].float().mean()) > _ALL


def _follows(ids: Tensor, target: Tensor, places: int) -> bool:
    """Whether each row of a target has what is so many places on in the ids."""
    rows, length = ids.shape
    if length <= places:
        return False
    before, after = ids[:, :-places], ids[:, places:]
    told = target.detach().reshape(rows, -1)[:, : length - places]
    # What cross_entropy leaves out, such as -100, tells nothing, nor does an id that stays.
    telling = (told >= 0) & (before != after)
    are_many = places > 1 and int(telling.sum()) >= _FEW_TELL
    if not are_many and not float(telling.float().mean()) > _TELLING:
        return False
    return float((told == after)[telling].float().mean()) > _ENOUGH


def follows_series(taken: Tensor, target: Tensor) -> bool:
    """Whether a target has at each place what stands one place on in series of numbers.

    `taken` is `(rows, places, features)`; the target may be of one of the features alone, and have
    rows and places the other way round. Of series that hardly change, no.
    """
    rows, length, features = taken.shape
    each = rows * length
    if target.device != taken.device or length < _FEW_PLACES or not target.is_floating_point():
        return False
    if target.numel() not in (each, each * features):
        return False
    told = target.detach().reshape(-1)
    width = told.numel() // each
    ways = [told.reshape(rows, length, width)]
    if tuple(target.shape[:2]) == (length, rows):
        ways.append(told.reshape(length, rows, width).transpose(0, 1))
    before, after = taken[:, :-1], taken[:, 1:]
    telling = before != after
    if not float(telling.float().mean()) > _MOST_SAME:
        return False
    for way in ways:
        same = way[:, :-1] == after
        if float(same.float().mean(dim=(0, 1)).max()) > _ALL:
            return True
    return False
