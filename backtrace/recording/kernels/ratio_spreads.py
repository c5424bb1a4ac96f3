"""How far the ratios of probabilities are from 1 that a policy has to itself."""

from __future__ import annotations

from torch import Tensor

_FAR = 0.025  # beyond all rounding of a logarithm of float32
_FAR_OF_HALVES = 0.1
_SHARE = 0.01


def read_ratio_spread(ratios: Tensor) -> tuple[float, ...]:
    """Return how many are off, of how many, from what to what; () where hardly any is.

    What is not finite counts as off, and is left out of the two ends. Where all that is off ends
    or begins its rows, as padding does that a mask takes out later, none is.
    """
    most = _FAR if ratios.element_size() > 2 else _FAR_OF_HALVES
    far = ~((ratios - 1).abs() <= most)
    count, total = int(far.sum()), ratios.numel()
    if total < 2 or count < 2 or count < _SHARE * total or _is_padding(far):
        return ()
    finite = ratios[ratios.isfinite()]
    if not finite.numel():
        return ()
    return count, total, float(finite.min()), float(finite.max())


def is_dropout(factors: Tensor) -> bool:
    """Whether these are nought or one number above 1 throughout, as what dropout multiplies by."""
    left = factors[factors != 0]
    return 0 < left.numel() < factors.numel() and bool(((left == left[0]) & (left > 1)).all())


def _is_padding(far: Tensor) -> bool:
    """Whether what is off is at one end of each row, along the first or the last axis."""
    return far.dim() > 1 and any(
        not bool(rows.all(-1).any()) and bool((rows == rows.cummin(-1).values).all())
        for along in (far.long(), far.long().transpose(0, -1))
        for rows in (along, along.flip(-1))
    )
