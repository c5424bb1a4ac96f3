"""Whether pictures with channels first are made of the elements of some with channels last."""

from __future__ import annotations

import torch
from torch import Tensor

_MOST = 16  # pictures that are looked at
_LONG = 16384  # elements of each
_ALIKE = 0.7  # of the squared difference of neighbours
_FEW = 4  # pictures
_SMALL = 8  # pixels on a side


def are_channels_last(pictures: Tensor) -> bool:
    """Whether elements of (B, C, H, W) are like those C places on, and less like nearer ones.

    Next to each other in memory lie pixels of a row, the nearer the more alike; in pictures that
    were (B, H, W, C), colours of one pixel, and the same colour C places on, and C·W places on in
    the row below. Both must hold, and the first of nearly each picture.
    """
    count, channels, height, width = pictures.shape
    if channels not in (3, 4) or count < _FEW or min(height, width) < _SMALL:
        return False
    values = pictures[:_MOST].detach().flatten(1)
    start = max(0, (values.shape[1] - _LONG) // 2)
    values = values[:, start : start + _LONG].float()
    if 2 * channels * width > values.shape[1]:
        return False
    across = _differences(values, channels, [*range(1, channels), channels + 1])
    if not bool((across < _ALIKE).float().mean() > 0.75):  # not finite is no
        return False
    downwards = _differences(
        values, channels * width, [step * width for step in range(1, channels)]
    )
    return bool(across.mean() < _ALIKE) and bool(downwards.mean() < _ALIKE)


def _differences(values: Tensor, wide: int, others: list[int]) -> Tensor:
    """Return how unlike elements of each row are that lie `wide` apart, to the least unlike."""
    least = torch.stack([_unlike(values, each) for each in others]).amin(0)
    return _unlike(values, wide) / least


def _unlike(values: Tensor, step: int) -> Tensor:
    return (values[:, step:] - values[:, :-step]).square().mean(1)
