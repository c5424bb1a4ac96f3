"""How a value differs from a copy of it that was kept."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.ledger.events import Reading


def has_moved(kept: Tensor, value: Tensor) -> bool:
    """Whether any element is not as it was when `kept` was copied from it; NaN never is."""
    return not torch.equal(kept, value.detach().to(kept.dtype))


def cosine_along(grad: Tensor, kept: Tensor, value: Tensor) -> float:
    """Return the cosine of the change from `kept` to `value` with a gradient, all of one shape."""
    change = (value.detach().to(kept.dtype) - kept).flatten()
    return float(torch.cosine_similarity(change, grad.flatten().to(kept.dtype), dim=0))


def holds(tensor: Tensor, reading: Reading) -> bool:
    """Whether a tensor is sure to hold the few values still that were read: on the CPU, no NaN."""
    now = tensor.detach()
    if now.layout is not torch.strided or now.device.type != "cpu" or not now.is_floating_point():
        return False
    return reading.digest is None and tuple(now.reshape(-1).tolist()) == reading.values


def is_one_more(larger: Tensor, smaller: Tensor) -> bool:
    """Whether one holds, number for number, what the other does and 1 more; neither is empty."""
    if not smaller.numel() or larger.numel() != smaller.numel() or larger.device != smaller.device:
        return False
    return torch.allclose(larger.reshape(-1).float(), smaller.reshape(-1).float() + 1)
