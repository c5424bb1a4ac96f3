"""Whether what an operation gave was finite, by its result or by computing that once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

_AGAIN: dict[str, Callable[[Tensor], Tensor]] = {
    "LogBackward0": torch.log,
    "Log2Backward0": torch.log2,
    "Log10Backward0": torch.log10,
    "Log1PBackward0": torch.log1p,
    "AcosBackward0": torch.acos,
    "AsinBackward0": torch.asin,
}
_MILD = 1e-20


def is_finite(values: Tensor) -> bool:
    """Whether all elements are finite; a sparse tensor is taken to be."""
    return values.layout is not torch.strided or bool(torch.isfinite(values).all())


def count_not_finite(values: Tensor) -> int:
    """Count the elements that are not finite."""
    return int((~torch.isfinite(values)).sum())


def is_result_finite(operation: str, inputs: Mapping[int, Tensor]) -> bool | None:
    """Whether an operation that saves only what it took gave finite numbers; None: no telling.

    Args:
        operation: the name of its node in the graph, as `LogBackward0`.
        inputs: what it took, by place.
    """
    if operation in _AGAIN and 0 in inputs:
        return is_finite(_AGAIN[operation](inputs[0]))
    if operation == "DivBackward0" and {0, 1} <= set(inputs):
        return is_finite(inputs[0] / inputs[1])
    return None


def is_mild(divisor: Tensor) -> bool:
    """Whether no element of a divisor is so small that a number of usual size would overflow."""
    return divisor.numel() > 0 and bool((divisor.abs() > _MILD).all()) and is_finite(divisor)


def are_rows_lost(result: Tensor, dimension: int) -> bool:
    """Whether all of some rows is NaN, and all of the others finite, as a softmax's of -inf are.

    Args:
        result: what a softmax gave.
        dimension: the one that it went over.
    """
    lost = result.isnan()
    whole = lost.all(dimension)
    return (
        bool(whole.any()) and not bool(whole.all()) and bool((lost.any(dimension) == whole).all())
    )


def count_steep(operation: str, values: Tensor) -> int:
    """Count the elements at which the slope of an operation is not a finite number.

    Args:
        operation: the name of its node in the graph, as `SqrtBackward0`.
        values: what that node kept: what the operation gave, or what it took.
    """
    if operation in ("RsqrtBackward0", "ReciprocalBackward0"):
        steep = ~torch.isfinite(values)
    elif operation in ("AcosBackward0", "AsinBackward0"):
        steep = ~(values.abs() < 1)
    elif operation == "DivBackward0":
        steep = (values == 0) | ~torch.isfinite(values)
    elif operation == "SqrtBackward0":
        steep = ~(values > 0)
    else:
        steep = ~(values.abs() > 0)
    return int(steep.sum())


def is_one(values: Tensor) -> bool:
    """Whether every element is 1."""
    return bool((values == 1).all())


def is_all_zero(values: Tensor) -> bool:
    """Whether no element is anything but zero; NaN is something else."""
    return not bool(values.count_nonzero())


def are_beyond(values: Tensor, low: float | None, high: float | None) -> bool:
    """Whether there are elements, and each lies below `low` or above `high`."""
    if not values.numel() or values.is_complex():
        return False
    beyond = torch.zeros_like(values, dtype=torch.bool)
    if low is not None:
        beyond |= values < low
    if high is not None:
        beyond |= values > high
    return bool(beyond.all())
