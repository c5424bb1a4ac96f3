"""How far anchors are from their positives and their negatives, in a triplet loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from backtrace.recording.kernels.kernel import Kernel, Numbers

_ROWS = 64  # that are looked at


def read_distances(kernel: Kernel, given: Mapping[str, Any], margin: float) -> Numbers | None:
    """Start reading the mean loss of rows, and their mean distances to positives and negatives.

    Args:
        kernel: what fetches the numbers.
        given: the arguments of `triplet_margin_loss`, by their names.
        margin: how much farther the negatives are to be.
    """
    parts = [given.get(name) for name in ("anchor", "positive", "negative")]
    if any(type(each) is not Tensor or each.dim() != 2 or each.is_meta for each in parts):
        return None
    anchor, positive, negative = (each.detach()[:_ROWS].float() for each in parts)  # type: ignore[union-attr]
    if not anchor.numel() or not anchor.shape == positive.shape == negative.shape:
        return None
    near = (anchor - positive).square().sum(1).sqrt()
    far = (anchor - negative).square().sum(1).sqrt()
    loss = (near - far + margin).clamp_min(0).mean()
    return kernel.read_numbers(torch.stack((loss, near.mean(), far.mean())).double())
