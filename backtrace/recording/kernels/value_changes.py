"""How a value differs from a copy of it that was kept."""

from __future__ import annotations

import torch
from torch import Tensor


def has_moved(kept: Tensor, value: Tensor) -> bool:
    """Whether any element is not as it was when `kept` was copied from it; NaN never is."""
    return not torch.equal(kept, value.detach().to(kept.dtype))


def cosine_along(grad: Tensor, kept: Tensor, value: Tensor) -> float:
    """Return the cosine of the change from `kept` to `value` with a gradient, all of one shape."""
    change = (value.detach().to(kept.dtype) - kept).flatten()
    return float(torch.cosine_similarity(change, grad.flatten().to(kept.dtype), dim=0))
