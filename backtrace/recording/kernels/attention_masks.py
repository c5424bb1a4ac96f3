"""Whether a mask, or the weights themselves, let a position of a sequence see a later one."""

from __future__ import annotations

import torch
from torch import Tensor

_HIDDEN = -1e4  # what is added to a score that is not to count; a half holds no less than -65504
_NOTHING = 1e-6


def sees_ahead(mask: Tensor) -> bool:
    """Whether a mask (…, length, length), truth values or numbers to add, leaves later ones in."""
    seen = mask if mask.dtype is torch.bool else mask > _HIDDEN
    return bool(seen.triu(1).any())


def weighs_ahead(weights: Tensor) -> bool:
    """Whether weights (…, length, length) give later positions more than rounding."""
    return bool((weights.triu(1) > _NOTHING).any())
