"""A few numbers of a tensor, by which to tell whether others were written over them."""

from __future__ import annotations

import torch
from torch import Tensor

_FIRST = 32
_FAR = 0.5  # of a number's size: what pruning, rounding and averaging leave is nearer, or zero
_MOST = 0.5


def read_sample(tensor: Tensor) -> Tensor | None:
    """Return a copy of a tensor's first numbers, in float32; None where it holds none."""
    values = tensor.detach()
    if values.layout is not torch.strided or values.is_meta or type(values) is not Tensor:
        return None
    if not values.is_floating_point():
        return None
    while values.dim() > 1 and values.numel():
        values = values[0]
    return values.reshape(-1)[:_FIRST].to("cpu", torch.float32, copy=True)


def are_unrelated(before: Tensor, now: Tensor) -> bool:
    """Whether most of the numbers are neither near what they were, nor zero.

    Of numbers that were drawn anew from the same normal distribution, about a quarter is near by
    chance.
    """
    is_far = ((now - before).abs() > _FAR * before.abs()) & (now != 0)
    return now.numel() > 0 and float(is_far.float().mean()) > _MOST
