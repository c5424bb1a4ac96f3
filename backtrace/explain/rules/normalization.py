"""Normalizations: x̂ = (x − μ) / s with s = √(σ² + ε), then y = γ·x̂ + β.

They differ in what μ and σ² are taken over. Where they come from x itself, they carry gradient:

    x.g = (x̂.g − mean(x̂.g) − x̂ · mean(x̂.g · x̂)) / s      with x̂.g = y.g · γ
    γ.g = Σ y.g · x̂,  β.g = Σ y.g                         over all that γ and β are shared by

Sources: Ioffe and Szegedy, Batch Normalization (2015), section 3; Ba, Kiros and Hinton, Layer
Normalization (2016); Wu and He, Group Normalization (2018). σ² is the biased variance, as in torch.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors


def batch_norm(module: _BatchNorm, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return the gradients of BatchNorm1d, 2d or 3d; x (n, C, …), γ and β (C,).

    While training, μ and σ² are each channel's over the batch. In eval they are the running ones,
    which are constants: x.g = y.g · γ / s.
    """
    (x,), (grad,) = inputs, grads
    over = [0, *range(2, x.ndim)]
    shape = (1, -1) + (1,) * (x.ndim - 2)
    gamma = 1.0 if module.weight is None else module.weight.reshape(shape)
    if module.training or module.running_mean is None or module.running_var is None:
        normal, scale = _normalize(x, over, module.eps)
        x_grad = _back(grad * gamma, normal, scale, over)
    else:
        scale = (module.running_var.reshape(shape) + module.eps).sqrt()
        normal = (x - module.running_mean.reshape(shape)) / scale
        x_grad = grad * gamma / scale
    return Gradients((x_grad,), _affine(module, grad, normal, over))


def layer_norm(
    module: nn.LayerNorm, inputs: Tensors, outputs: Tensors, grads: Tensors
) -> Gradients:
    """Return the gradients of LayerNorm: over each row's last dimensions; γ and β have those."""
    (x,), (grad,) = inputs, grads
    inner = len(module.normalized_shape)
    over = list(range(x.ndim - inner, x.ndim))
    normal, scale = _normalize(x, over, module.eps)
    gamma = 1.0 if module.weight is None else module.weight
    x_grad = _back(grad * gamma, normal, scale, over)
    return Gradients((x_grad,), _affine(module, grad, normal, list(range(x.ndim - inner))))


def group_norm(
    module: nn.GroupNorm, inputs: Tensors, outputs: Tensors, grads: Tensors
) -> Gradients:
    """Return the gradients of GroupNorm: over each row's groups of channels; x (n, C, …)."""
    (x,), (grad,) = inputs, grads
    groups = (len(x), module.num_groups, -1)
    shape = (1, -1) + (1,) * (x.ndim - 2)
    normal, scale = _normalize(x.reshape(groups), [2], module.eps)
    gamma = 1.0 if module.weight is None else module.weight.reshape(shape)
    x_grad = _back((grad * gamma).reshape(groups), normal, scale, [2]).reshape(x.shape)
    shared = [0, *range(2, x.ndim)]
    return Gradients((x_grad,), _affine(module, grad, normal.reshape(x.shape), shared))


def _normalize(x: Tensor, over: list[int], eps: float) -> tuple[Tensor, Tensor]:
    """Return x̂ and s."""
    centred = x - x.mean(over, keepdim=True)
    scale = (centred.square().mean(over, keepdim=True) + eps).sqrt()
    return centred / scale, scale


def _back(grad: Tensor, normal: Tensor, scale: Tensor, over: list[int]) -> Tensor:
    """Return x.g from x̂.g, where μ and σ² depend on x."""
    mean = grad.mean(over, keepdim=True)
    along = (grad * normal).mean(over, keepdim=True)
    return (grad - mean - normal * along) / scale


def _affine(
    module: _BatchNorm | nn.LayerNorm | nn.GroupNorm, grad: Tensor, normal: Tensor, over: list[int]
) -> dict[str, Tensor]:
    """Return the gradients of γ and β, summed over the dimensions that share them."""
    named = {}
    if module.weight is not None:
        named["weight"] = (grad * normal).sum(over) if over else grad * normal
    if module.bias is not None:
        named["bias"] = grad.sum(over) if over else grad
    return named


_FORMULA = "x.g = (x̂.g − mean(x̂.g) − x̂·mean(x̂.g·x̂)) / s, γ.g = Σ y.g·x̂, β.g = Σ y.g"
RULES: Rules = {
    cls: BackwardRule(cls.__name__, _FORMULA, batch_norm)
    for cls in (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
} | {
    nn.LayerNorm: BackwardRule("LayerNorm", _FORMULA, layer_norm),
    nn.GroupNorm: BackwardRule("GroupNorm", _FORMULA, group_norm),
}
