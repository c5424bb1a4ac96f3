"""Convolutions, as a sum over the kernel's offsets k; i counts the places of the window.

Conv (torch's cross-correlation), with x padded, stride s, dilation d and groups:

    y[n, o, i] = b[o] + Σ_{c, k} w[o, c, k] · x[n, c, i·s + k·d]
    w.g[o, c, k] = Σ_{n, i} y.g[n, o, i] · x[n, c, i·s + k·d]
    x.g[n, c, i·s + k·d] += Σ_o w[o, c, k] · y.g[n, o, i]        for every k
    b.g[o] = Σ_{n, i} y.g[n, o, i]

A transposed convolution is that x.g as a forward, so its rule has both sides exchanged.

Sources: Goodfellow et al., Deep Learning, section 9.5, for the gradients; Dumoulin and Visin, A
guide to convolution arithmetic for deep learning (2016), for stride, padding and transposition;
PyTorch documentation, Conv2d and ConvTranspose2d, for the layout of groups.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors
from backtrace.explain.rules.kernel_windows import Slices, crop, offsets, pad

_Conv = nn.Conv1d | nn.Conv2d | nn.Conv3d
_Transposed = nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d


def convolution(module: _Conv, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return the gradients of Conv1d, 2d or 3d.

    x (n, C, …), weight (O, C / groups, k…), y (n, O, …); n may be missing.
    """
    (x,), (grad,) = inputs, grads
    dims = len(module.kernel_size)
    is_single = x.ndim == dims + 1
    x, grad = (x[None], grad[None]) if is_single else (x, grad)
    widths = _widths(module)
    padded = _by_group(pad(x, widths), module.groups)
    split = _by_group(grad, module.groups).flatten(3)  # (n, G, O / G, places)
    weight = module.weight.reshape(module.groups, -1, *module.weight.shape[1:])
    weight_grad, padded_grad = torch.zeros_like(weight), torch.zeros_like(padded)
    steps = offsets(module.kernel_size, module.stride, module.dilation, grad.shape[2:])
    for offset, touched in steps:
        at: Slices = (Ellipsis, *offset)
        window = padded[touched]
        weight_grad[at] = torch.einsum("ngol,ngcl->goc", split, window.flatten(3))
        back = torch.einsum("goc,ngol->ngcl", weight[at], split)
        padded_grad[touched] += back.reshape(window.shape)
    x_grad = crop(padded_grad.flatten(1, 2), widths, x.shape[2:])
    named = {"weight": weight_grad.reshape(module.weight.shape)}
    return _finish(module, x_grad, named, grad, is_single)


def transposed(module: _Transposed, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return the gradients of ConvTranspose1d, 2d or 3d.

    y[n, o, i·s + k·d − p] += Σ_c x[n, c, i] · w[c, o, k]   x (n, C, …), weight (C, O / groups, k…)
    x.g[n, c, i] = Σ_{o, k} w[c, o, k] · y.g[n, o, i·s + k·d − p]
    w.g[c, o, k] = Σ_{n, i} x[n, c, i] · y.g[n, o, i·s + k·d − p]
    """
    (x,), (grad,) = inputs, grads
    dims = len(module.kernel_size)
    is_single = x.ndim == dims + 1
    x, grad = (x[None], grad[None]) if is_single else (x, grad)
    padded = _by_group(pad(grad, _widths(module)), module.groups)
    split = _by_group(x, module.groups).flatten(3)
    weight = module.weight.reshape(module.groups, -1, *module.weight.shape[1:])
    weight_grad, x_grad = torch.zeros_like(weight), torch.zeros_like(split)
    steps = offsets(module.kernel_size, module.stride, module.dilation, x.shape[2:])
    for offset, touched in steps:
        at: Slices = (Ellipsis, *offset)
        window = padded[touched].flatten(3)
        weight_grad[at] = torch.einsum("ngcl,ngol->gco", split, window)
        x_grad += torch.einsum("gco,ngol->ngcl", weight[at], window)
    named = {"weight": weight_grad.reshape(module.weight.shape)}
    return _finish(module, x_grad.reshape(x.shape), named, grad, is_single)


def _by_group(tensor: Tensor, groups: int) -> Tensor:
    """Return (n, channels, …) as (n, groups, channels / groups, …)."""
    return tensor.reshape(len(tensor), groups, -1, *tensor.shape[2:])


def _finish(
    module: _Conv | _Transposed,
    x_grad: Tensor,
    named: dict[str, Tensor],
    grad: Tensor,
    is_single: bool,
) -> Gradients:
    if module.bias is not None:
        named["bias"] = grad.flatten(2).sum((0, 2))
    return Gradients((x_grad[0] if is_single else x_grad,), named)


def _widths(module: _Conv | _Transposed) -> list[tuple[int, int]]:
    """Return the padding of each dimension; "same" puts an odd element at the end."""
    if module.padding == "valid":
        return [(0, 0)] * len(module.kernel_size)
    if isinstance(module.padding, str):  # "same"
        totals = [d * (k - 1) for d, k in zip(module.dilation, module.kernel_size, strict=True)]
        return [(total // 2, total - total // 2) for total in totals]
    return [(p, p) for p in module.padding]


def _refuse(module: _Conv) -> str:
    if module.padding_mode != "zeros":
        return f"padding_mode={module.padding_mode!r}: the rule is for zeros"
    return ""


_CONV = "w.g[o,c,k] = Σ y.g[n,o,i]·x[n,c,i·s+k·d], x.g[n,c,i·s+k·d] += w[o,c,k]·y.g[n,o,i]"
_BACK = "w.g[c,o,k] = Σ x[n,c,i]·y.g[n,o,i·s+k·d-p], x.g[n,c,i] = Σ w[c,o,k]·y.g[n,o,i·s+k·d-p]"
RULES: Rules = {
    cls: BackwardRule(cls.__name__, _CONV, convolution, _refuse)
    for cls in (nn.Conv1d, nn.Conv2d, nn.Conv3d)
} | {
    cls: BackwardRule(cls.__name__, _BACK, transposed)
    for cls in (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
}
