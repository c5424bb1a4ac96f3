"""Gradients without calculus: central finite differences on sampled entries, in float64.

    ∂L/∂x ≈ (L(x + h) − L(x − h)) / 2h,  with an error of order h² plus the rounding of L over h

Source: Press et al., Numerical Recipes (third edition), section 5.7; h = ε^⅓ balances the two.

Near a kink (a ReLU at 0, two equal maxima) there is no derivative to find. A kink that stands
beside x is left behind as h shrinks. One in x itself, which any h straddles, is left behind by
moving all numbers by a hair at random: where both computations then agree, it was a kink.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import isfinite

import torch
from torch import Tensor

EPSILON = torch.finfo(torch.float64).eps
STEP = EPSILON ** (1 / 3)
TOLERANCE = 1e-5  # of the largest magnitude of the gradient
ROUNDINGS = 64  # how many times ε a loss may be off, for all the sums that it is made of
SHRINK = (1.0, 1 / 8, 1 / 64)

Index = tuple[int, ...]
# Moves every number by a hair, and gives autograd's gradient of the tensor there.
Elsewhere = Callable[[], AbstractContextManager[Tensor]]


@dataclass(frozen=True)
class FiniteDifferences:
    """What finite differences found of one tensor.

    Args:
        largest: the largest difference from autograd, entries at a kink left out.
        scale: the largest magnitude of autograd's gradient.
        kinks: how many of the sampled entries are at a kink.
        reason: why they could not judge, or nothing.
    """

    largest: float
    scale: float
    sampled: int
    kinks: int
    is_close: bool
    reason: str = ""


def measure_slope(loss: Callable[[], float], tensor: Tensor, at: Index, h: float) -> float:
    """Return the slope of `loss` in one entry of `tensor`, which is put back as it was.

    h is taken times the entry where that is above 1.
    """
    here = float(tensor[at])
    size = h * max(1.0, abs(here))
    above, below = here + size, here - size
    with torch.no_grad():
        tensor[at] = above
        up = loss()
        tensor[at] = below
        down = loss()
        tensor[at] = here
    return (up - down) / (above - below)  # what was added, not what was meant


def compare_numbers(
    loss: Callable[[], float],
    tensor: Tensor,
    grad: Tensor,
    entries: list[Index],
    elsewhere: Elsewhere,
) -> FiniteDifferences:
    """Compare a gradient with finite differences in some entries.

    Args:
        loss: computes the loss with whatever `tensor` holds.
    """
    scale = float(grad.abs().max()) if grad.numel() else 0.0
    level = loss()
    if not (isfinite(scale) and isfinite(level)):
        return FiniteDifferences(0.0, scale, 0, 0, True, "the loss or the gradient is not finite")
    noise = ROUNDINGS * EPSILON * abs(level) / STEP
    if 0 < scale < 10 * noise:
        reason = "the gradient is smaller than what finite differences can resolve"
        return FiniteDifferences(0.0, scale, 0, 0, True, reason)
    found = {at: _compare(loss, tensor, at, grad, noise) for at in entries}
    apart = [at for at, (_, is_close) in found.items() if not is_close]
    kinks = _find_kinks(loss, tensor, apart, noise, elsewhere) if apart else set()
    smooth = [found[at] for at in entries if at not in kinks]
    return FiniteDifferences(
        largest=max((difference for difference, _ in smooth), default=0.0),
        scale=scale,
        sampled=len(entries),
        kinks=len(kinks),
        is_close=all(is_close for _, is_close in smooth),
    )


def _compare(
    loss: Callable[[], float], tensor: Tensor, at: Index, grad: Tensor, noise: float
) -> tuple[float, bool]:
    """Return how far one entry is off, and whether that is close for some h."""
    best = float("inf")
    for factor in SHRINK:
        difference = abs(measure_slope(loss, tensor, at, STEP * factor) - float(grad[at]))
        best = min(best, difference)
        if difference <= TOLERANCE * float(grad.abs().max()) + noise / factor:
            return difference, True
    return best, False


def _find_kinks(
    loss: Callable[[], float],
    tensor: Tensor,
    apart: list[Index],
    noise: float,
    elsewhere: Elsewhere,
) -> set[Index]:
    """Return the entries in which both computations agree once everything has moved by a hair."""
    with elsewhere() as grad:
        if not isfinite(loss()):
            return set()
        return {at for at in apart if _compare(loss, tensor, at, grad, noise)[1]}


def choose_entries(
    grad: Tensor, samples: int, seed: int, excluded: Tensor | None = None
) -> list[Index]:
    """Draw up to `samples` entries, half of them where the gradient is not zero.

    Args:
        excluded: where torch's gradient is not the derivative by convention; none is drawn there.
    """
    generator = torch.Generator().manual_seed(seed)
    allowed = torch.ones_like(grad, dtype=torch.bool) if excluded is None else ~excluded
    order = torch.randperm(grad.numel(), generator=generator)
    is_open, moves = allowed.reshape(-1)[order], (grad.reshape(-1) != 0)[order]
    first = order[is_open & moves][: (samples + 1) // 2]
    flat = list(dict.fromkeys(torch.cat([first, order[is_open]]).tolist()))[:samples]
    return [_unravel(index, grad.shape) for index in flat]


def _unravel(index: int, shape: torch.Size) -> Index:
    at: list[int] = []
    for size in reversed(shape):
        index, place = divmod(index, size)
        at.append(place)
    return tuple(reversed(at))
