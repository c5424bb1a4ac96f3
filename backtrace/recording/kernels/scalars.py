"""Single numbers: what is a number or a tensor with one element, as Python's own."""

from __future__ import annotations

from math import isfinite, nan

from torch import Tensor

from backtrace.as_data import is_a
from backtrace.explain.graph.no_values import has_no_values


def read_number(item: float | Tensor) -> float:
    """Return a number, out of a tensor if it stands in one; of a class of the user's, as torch."""
    kind = type(item)
    if issubclass(kind, float):
        return float.__float__(item)  # type: ignore[arg-type]
    if issubclass(kind, int):
        return float(int.__int__(item))
    return nan if is_a(item, Tensor) and has_no_values(item) else float(item)


def read_factor(tensor: Tensor | None) -> float | None:
    """Return a single real number that is in this machine's memory, None for anything else.

    One on another device is not fetched: that would wait for the device.
    """
    if tensor is None or tensor.dim() or tensor.device.type != "cpu" or tensor.is_complex():
        return None
    return None if has_no_values(tensor) else float(tensor)


def is_not_finite(loss: Tensor) -> bool:
    """Whether a loss is NaN or infinite; one on another device has to be waited for."""
    return loss.numel() == 1 and not has_no_values(loss) and not isfinite(abs(loss.detach().item()))
