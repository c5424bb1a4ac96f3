"""Whether a target is what follows each id: the ids themselves, one place on."""

from __future__ import annotations

from torch import Tensor

_MOST_SAME = 0.5  # of neighbours: in ids that hardly change, a shift tells nothing
_ENOUGH = 0.9  # of the places: the ends of padded rows may be left out of the target


def is_shifted(ids: Tensor, target: Tensor) -> bool:
    """Whether a target of as many elements is the ids shifted by one along either dimension."""
    if target.numel() != ids.numel() or target.device != ids.device:
        return False
    wanted = target.detach().reshape(ids.shape)
    for axis in (1, 0):
        length = ids.shape[axis] - 1
        before, after = ids.narrow(axis, 0, length), ids.narrow(axis, 1, length)
        told = wanted.narrow(axis, 0, length)
        is_varied = float((before == after).float().mean()) < _MOST_SAME
        if is_varied and float((told == after).float().mean()) > _ENOUGH:
            return True
    return False
