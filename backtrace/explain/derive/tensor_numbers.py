"""Tensors as the plain numbers of a derivation, and how far two of them are apart."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

import torch
from torch import Tensor

from backtrace.explain.derive.parts import Gap, TensorNumbers
from backtrace.explain.working.worked import FEW
from backtrace.ledger.events import Reading

_ROUNDINGS = 32  # of the magnitudes in the sum; the bundled configs err by 1.3 at most
# In bfloat16 and float16 as many would excuse anything. Measured over seeds, one layer errs by up
# to 1, seven by up to 3: half a rounding a layer more, twice what was seen.
_COARSE_ROUNDINGS, _COARSE_PER_LAYER, _MOST_COARSE = 1.5, 0.5, 8.0


def to_numbers(tensor: Tensor) -> TensorNumbers:
    """Return a tensor's norm and range, and its elements if they are few."""
    flat = tensor.detach().double().flatten()
    if not flat.numel():
        return TensorNumbers(tuple(tensor.shape), 0.0, 0.0, 0.0, ())
    low, high = torch.aminmax(flat)
    values = tuple(flat.tolist()) if flat.numel() <= FEW else None
    return TensorNumbers(tuple(tensor.shape), float(flat.norm()), float(low), float(high), values)


def from_reading(reading: Reading | None) -> TensorNumbers | None:
    """Return what the recorder saw in the same form."""
    if reading is None:
        return None
    values = reading.values if reading.numel <= FEW else None
    return TensorNumbers(reading.shape, reading.norm, reading.min, reading.max, values)


def measure_gap(
    by_hand: Tensor, grad: Tensor, magnitudes: Iterable[float], dtype: torch.dtype, depth: int = 1
) -> Gap:
    """Return the largest difference, and what rounding in `dtype` explains.

    The bound is 32 relative roundings (in half precision 2 to 8, by how many layers the gradient
    went through) of the gradient, or of what it is the sum of: products that cancel leave
    rounding behind that is as large as they were.

    Args:
        depth: how many layers the gradient went through, and sums of micro-batches beside that.
    """
    if by_hand.shape != grad.shape:
        return Gap(inf, 0.0)
    if not grad.numel():
        return Gap(0.0, 0.0)
    same = by_hand == grad
    apart = (by_hand - grad).abs().masked_fill(same, 0.0)
    largest = max(float(grad.abs().max()), sum(magnitudes))
    eps = torch.finfo(dtype).eps
    coarse = min(_MOST_COARSE, _COARSE_ROUNDINGS + _COARSE_PER_LAYER * depth)
    return Gap(float(apart.max()), (_ROUNDINGS if eps < 1e-4 else coarse) * eps * largest)
