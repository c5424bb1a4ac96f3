"""The products behind each element of a weight's gradient, where they are few."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import torch
from torch import Tensor, nn

from backtrace.explain.derive.parts import ElementProducts
from backtrace.explain.rules.kernel_windows import offsets, pad
from backtrace.explain.rules.linear import flat_rows

_MOST = 6  # elements, and products of each


def linear_products(x: Tensor, grad: Tensor) -> tuple[ElementProducts, ...]:
    """Return the products of gradient and input behind each element of a Linear's weight."""
    rows, grads = flat_rows(x), flat_rows(grad)
    size = grads.shape[1] * rows.shape[1]
    if not (1 < size <= _MOST and 0 < len(rows) <= _MOST):
        return ()
    return tuple(
        ElementProducts(f"[{at}, {to}]", _pairs(grads[:, at], rows[:, to]))
        for at in range(grads.shape[1])
        for to in range(rows.shape[1])
    )


def convolution_products(
    module: nn.Conv1d | nn.Conv2d | nn.Conv3d, x: Tensor, grad: Tensor
) -> tuple[ElementProducts, ...]:
    """Return the products of gradient and input behind each element of a convolution's weight."""
    dims = len(module.kernel_size)
    if x.ndim != dims + 2 or module.groups != 1 or isinstance(module.padding, str):
        return ()
    places = grad.numel() // grad.shape[1]
    if module.weight.numel() > _MOST or places > _MOST:
        return ()
    padded = pad(x, [(each, each) for each in module.padding])
    return tuple(_by_offset(module, padded, grad))


def _by_offset(
    module: nn.Conv1d | nn.Conv2d | nn.Conv3d, padded: Tensor, grad: Tensor
) -> Iterator[ElementProducts]:
    steps = list(offsets(module.kernel_size, module.stride, module.dilation, grad.shape[2:]))
    for at, to in product(range(grad.shape[1]), range(padded.shape[1])):
        for offset, touched in steps:
            window = padded[touched][:, to]
            place = ", ".join(str(int(each)) for each in (at, to, *_plain(offset)))
            yield ElementProducts(f"[{place}]", _pairs(grad[:, at].flatten(), window.flatten()))


def _plain(offset: object) -> tuple[int, ...]:
    return tuple(offset) if isinstance(offset, tuple) else (int(str(offset)),)


def _pairs(grads: Tensor, values: Tensor) -> tuple[tuple[float, ...], ...]:
    found = torch.stack((grads, values), 1).tolist()
    return tuple(tuple(map(float, pair)) for pair in found)
