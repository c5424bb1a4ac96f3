"""Sliding windows in any number of dimensions: where each offset of a kernel touches a tensor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from types import EllipsisType

from torch import Tensor
from torch.nn import functional

Slices = tuple[int | slice | EllipsisType, ...]


def each_dimension(value: int | Sequence[int], dims: int) -> tuple[int, ...]:
    """Return torch's `3` or `(3, 3)` as one number per dimension."""
    return (value,) * dims if isinstance(value, int) else tuple(value)


def offsets(
    kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int], out: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], Slices]]:
    """Yield every offset k of a kernel, row-major, with the elements i·stride + k·dilation.

    No element stands twice among those of one offset, so they can be added to in place.
    """
    for offset in product(*map(range, kernel)):
        touched = [
            slice(k * d, k * d + (n - 1) * s + 1, s)
            for k, d, n, s in zip(offset, dilation, out, stride, strict=True)
        ]
        yield offset, (Ellipsis, *touched)


def pad(tensor: Tensor, widths: Sequence[tuple[int, int]], value: float = 0.0) -> Tensor:
    """Return a tensor with (left, right) elements of `value` around its last dimensions."""
    flat = [width for pair in reversed(widths) for width in pair]
    return functional.pad(tensor, flat, value=value)


def crop(tensor: Tensor, widths: Sequence[tuple[int, int]], shape: Sequence[int]) -> Tensor:
    """Undo `pad`: return the part of a padded tensor that has `shape`."""
    inner: Slices = tuple(slice(left, left + n) for (left, _), n in zip(widths, shape, strict=True))
    at: Slices = (Ellipsis, *inner)
    return tensor[at]
