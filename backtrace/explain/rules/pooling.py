"""Pooling: the maximum passes its gradient to one element, the average to all in equal parts.

Sources: Goodfellow et al., Deep Learning, section 9.3; Boureau, Ponce and LeCun, A theoretical
analysis of feature pooling (2010); PyTorch documentation, MaxPool2d, AvgPool2d (ceil_mode,
count_include_pad, divisor_override) and AdaptiveAvgPool2d, for where windows begin and end.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors
from backtrace.explain.rules.kernel_windows import Slices, crop, each_dimension, offsets, pad

_MaxPool = nn.MaxPool1d | nn.MaxPool2d | nn.MaxPool3d
_AvgPool = nn.AvgPool1d | nn.AvgPool2d | nn.AvgPool3d


def max_pool(module: _MaxPool, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return the gradient of a maximum over windows.

    x.g[j] = Σ_i y.g[i] · [j is the place of the maximum of window i]      x and y (n, C, …)

    In a tie the first element of the window gets all of it, in row-major order, as in torch.
    """
    x, grad = inputs[0], grads[0]
    padded, widths, steps = _max_windows(module, x, grad.shape)
    best = torch.full_like(grad, -torch.inf)
    winner = torch.zeros_like(grad, dtype=torch.long)
    for number, touched in enumerate(steps):
        is_better = padded[touched] > best
        best = torch.where(is_better, padded[touched], best)
        winner = torch.where(is_better, number, winner)
    padded_grad = torch.zeros_like(padded)
    for number, touched in enumerate(steps):
        padded_grad[touched] += grad * (winner == number)
    return Gradients((crop(padded_grad, widths, x.shape[-len(widths) :]),))


def count_ties(module: _MaxPool, inputs: Tensors, outputs: Tensors) -> str:
    """Say in how many windows several elements are the maximum."""
    y = outputs[0]
    padded, _, steps = _max_windows(module, inputs[0], y.shape)
    holders = torch.zeros_like(y, dtype=torch.long)
    for touched in steps:
        holders += padded[touched] == y
    ties = int((holders > 1).sum())
    if not ties:
        return ""
    found = f"{ties} of {y.numel()} windows have a tie"
    return f"{found}: the first maximum gets the gradient, as in torch"


def _max_windows(
    module: _MaxPool, x: Tensor, out: Sequence[int]
) -> tuple[Tensor, list[tuple[int, int]], list[Slices]]:
    dims = 1 if isinstance(module, nn.MaxPool1d) else 2 if isinstance(module, nn.MaxPool2d) else 3
    kernel, stride, padding, dilation = (
        each_dimension(value, dims)
        for value in (module.kernel_size, module.stride, module.padding, module.dilation)
    )
    places, sizes = out[-dims:], x.shape[-dims:]
    needed = [
        (n - 1) * s + (k - 1) * d + 1
        for n, s, k, d in zip(places, stride, kernel, dilation, strict=True)
    ]
    widths = [
        (p, max(0, need - p - size)) for p, need, size in zip(padding, needed, sizes, strict=True)
    ]
    steps = [touched for _, touched in offsets(kernel, stride, dilation, places)]
    return pad(x, widths, -torch.inf), widths, steps


def average_pool(module: _AvgPool, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return the gradient of an average over windows.

    One dimension: y = A x with A[i, j] = 1 / count(i) where j is in window i, so x.g = Aᵀ y.g;
    several dimensions one after the other. x and y (n, C, …).
    """
    (x,), (grad,) = inputs, grads
    dims = 1 if isinstance(module, nn.AvgPool1d) else 2 if isinstance(module, nn.AvgPool2d) else 3
    override = getattr(module, "divisor_override", None)
    counts = "none" if override else "all" if module.count_include_pad else "inside"
    kernel, stride, padding = (
        each_dimension(value, dims) for value in (module.kernel_size, module.stride, module.padding)
    )
    for at in range(dims):
        matrix = _averages(
            x.shape[at - dims], grad.shape[at - dims], kernel[at], stride[at], padding[at], counts
        )
        grad = _back(grad, at - dims, matrix.to(x))
    return Gradients((grad / override if override else grad,))


def adaptive_average_pool(
    module: nn.Module, inputs: Tensors, outputs: Tensors, grads: Tensors
) -> Gradients:
    """Return the gradient of an average over `out` windows that cover the input.

    Window i of n over L elements reaches from ⌊i·L/n⌋ to ⌈(i+1)·L/n⌉; x.g = Aᵀ y.g as above.
    """
    (x,), (grad,) = inputs, grads
    dims = {nn.AdaptiveAvgPool1d: 1, nn.AdaptiveAvgPool2d: 2, nn.AdaptiveAvgPool3d: 3}
    count = next(n for cls, n in dims.items() if isinstance(module, cls))
    for at in range(-count, 0):
        length, places = x.shape[at], grad.shape[at]
        matrix = torch.zeros(places, length)
        for i in range(places):
            start, end = i * length // places, -((i + 1) * length // -places)
            matrix[i, start:end] = 1
        rows = matrix.to(x)
        grad = _back(grad, at, rows / rows.sum(1, keepdim=True))
    return Gradients((grad,))


def _averages(
    length: int, places: int, kernel: int, stride: int, padding: int, counts: str
) -> Tensor:
    """Return the averaging matrix (places, length) of one dimension, in float64."""
    matrix = torch.zeros(places, length, dtype=torch.float64)
    for i in range(places):
        start = i * stride - padding
        end = min(start + kernel, length + padding)
        first, last = max(start, 0), min(end, length)
        divisor = {"none": 1, "all": end - start, "inside": last - first}[counts]
        matrix[i, first:last] = 1 / divisor
    return matrix


def _back(grad: Tensor, dim: int, matrix: Tensor) -> Tensor:
    """Return Aᵀ y.g along one dimension."""
    return (grad.movedim(dim, -1) @ matrix).movedim(-1, dim)


_MAX, _MEAN = "x.g = y.g where x is its window's maximum", "x.g = Aᵀ y.g, A = 1/count in a window"
RULES: Rules = (
    {
        cls: BackwardRule(cls.__name__, _MAX, max_pool, remark=count_ties)
        for cls in (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)
    }
    | {
        cls: BackwardRule(cls.__name__, _MEAN, average_pool)
        for cls in (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
    }
    | {
        cls: BackwardRule(cls.__name__, _MEAN, adaptive_average_pool)
        for cls in (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d)
    }
)
