"""Normalizations worked out: mean, variance, the normalized input, and what comes back."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from backtrace.explain.working.worked import GivenCall, Work, Worked, Working, Workings

_BACK = "(∂L/∂x̂ − mean(∂L/∂x̂) − x̂·mean(∂L/∂x̂·x̂)) / s"


def batch_norm(module: _BatchNorm, call: GivenCall, wanted: str) -> Working:
    """Work out a batch norm: each channel over the batch, or by its running statistics."""
    (x, *_), shape = call.inputs, (1, -1) + (1,) * (call.inputs[0].ndim - 2)
    gamma = None if module.weight is None else module.weight.reshape(shape)
    if module.training or module.running_mean is None or module.running_var is None:
        over = [0, *range(2, x.ndim)]
        return _work(call, wanted, x, over, module.eps, gamma, "of each channel over the batch")
    mean, variance = module.running_mean.reshape(shape), module.running_var.reshape(shape)
    scale = (variance + module.eps).sqrt()
    steps = (
        Worked("μ", "running_mean", mean.flatten()),
        Worked("s", f"√(running_var + {module.eps:g})", scale.flatten()),
    )
    if wanted == "bias":
        return Working((), "Σ {g}")
    if wanted == "weight":
        normal = Worked("x̂", "({x} − μ)/s", (x - mean) / scale)
        return Working((*steps, normal), "Σ {g}·x̂")
    weights = () if gamma is None else (Worked("γ", "weight", gamma.flatten()),)
    return Working((*steps[1:], *weights), "{g}·γ/s" if weights else "{g}/s")


def layer_norm(module: nn.LayerNorm, call: GivenCall, wanted: str) -> Working:
    """Work out a layer norm: each row over its last dimensions."""
    x = call.inputs[0]
    over = list(range(x.ndim - len(module.normalized_shape), x.ndim))
    return _work(call, wanted, x, over, module.eps, module.weight, "over each row")


def group_norm(module: nn.GroupNorm, call: GivenCall, wanted: str) -> Working:
    """Work out a group norm: each row over its groups of channels."""
    x = call.inputs[0]
    gamma: Tensor | None = None
    if module.weight is not None:
        by_channel = module.weight.reshape((1, -1) + (1,) * (x.ndim - 2)).expand_as(x)
        gamma = by_channel.reshape(len(x), module.num_groups, -1)
    grouped = x.reshape(len(x), module.num_groups, -1)
    return _work(call, wanted, grouped, [2], module.eps, gamma, "over each group of channels")


def _work(
    call: GivenCall,
    wanted: str,
    x: Tensor,
    over: list[int],
    eps: float,
    gamma: Tensor | None,
    of: str,
) -> Working:
    if wanted == "bias":
        return Working((), "Σ {g}")
    mean = x.mean(over, keepdim=True)
    scale = ((x - mean).square().mean(over, keepdim=True) + eps).sqrt()
    normal = (x - mean) / scale
    steps = (
        Worked("μ", f"mean of {{x}} {of}", mean.flatten()),
        Worked("s", f"√(mean of ({{x}} − μ)² + {eps:g})", scale.flatten()),
        Worked("x̂", "({x} − μ)/s", normal),
    )
    if wanted == "weight":
        return Working(steps, "Σ {g}·x̂")
    grad = call.grads[0].reshape(x.shape)
    back = grad if gamma is None else grad * gamma
    formula = "{g}" if gamma is None else "{g}·γ"
    return Working(
        (
            *steps,
            *(() if gamma is None else (Worked("γ", "weight", gamma.detach()),)),
            Worked("∂L/∂x̂", formula, back),
            Worked(f"mean(∂L/∂x̂) {of}", "", back.mean(over).flatten()),
            Worked(f"mean(∂L/∂x̂·x̂) {of}", "", (back * normal).mean(over).flatten()),
        ),
        _BACK,
    )


_BATCH: Work = batch_norm
WORKINGS: Workings = {
    nn.BatchNorm1d: _BATCH,
    nn.BatchNorm2d: _BATCH,
    nn.BatchNorm3d: _BATCH,
    nn.LayerNorm: layer_norm,
    nn.GroupNorm: group_norm,
}
