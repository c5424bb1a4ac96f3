"""Losses that compare element with element: d = output − target, and a mean or a sum of f(d).

Each gives the gradient of the output; the target has none here. Where output and target have
different shapes torch broadcasts both, so the gradient is summed back to the output's shape.

Sources: Goodfellow et al., Deep Learning, section 5.5.1 (MSE); Huber, Robust estimation of a
location parameter (1964); Girshick, Fast R-CNN (2015, SmoothL1); Kullback and Leibler (1951);
PyTorch documentation of each loss for its reduction, and for what holds at a kink: sign(0) = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules.loss import _Loss

from backtrace.explain.rules.backward_rule import (
    BackwardRule,
    Gradients,
    Rules,
    Tensors,
    remark_nothing,
)

LossModule = TypeVar("LossModule", bound=_Loss)
Slope = Callable[[LossModule, Tensor, Tensor], Tensor]


def mse(module: nn.MSELoss, output: Tensor, target: Tensor) -> Tensor:
    """f = d², f′ = 2d."""
    return 2 * (output - target)


def l1(module: nn.L1Loss, output: Tensor, target: Tensor) -> Tensor:
    """f = |d|, f′ = sign d; at 0 torch takes 0."""
    return (output - target).sign()


def smooth_l1(module: nn.SmoothL1Loss, output: Tensor, target: Tensor) -> Tensor:
    """f = d²/2β if |d| < β else |d| − β/2, f′ = d/β or sign d; with β = 0 it is L1."""
    d = output - target
    return d.sign() if module.beta == 0 else (d / module.beta).clamp(-1, 1)


def huber(module: nn.HuberLoss, output: Tensor, target: Tensor) -> Tensor:
    """f = d²/2 if |d| ≤ δ else δ(|d| − δ/2), f′ = d or δ·sign d."""
    return (output - target).clamp(-module.delta, module.delta)


def kl_div(module: nn.KLDivLoss, output: Tensor, target: Tensor) -> Tensor:
    """f = t·(log t − output), f′ = −t; the target is log t if `log_target`."""
    return -(target.exp() if module.log_target else target).expand_as(output + target)


def reduce_back(module: _Loss, slope: Tensor, grad: Tensor, output: Tensor) -> Tensor:
    """Return slope · loss.g, divided as the reduction did, in the shape of the output.

    mean: by the number of elements; batchmean: by the rows; sum and none: not at all.
    """
    if module.reduction == "mean":
        grad = grad / slope.numel()
    elif module.reduction == "batchmean":
        grad = grad / len(output)
    return sum_to(slope * grad, output.shape)


def sum_to(tensor: Tensor, shape: torch.Size) -> Tensor:
    """Return a tensor summed over the dimensions along which `shape` was broadcast."""
    extra = tensor.ndim - len(shape)
    stretched = [
        extra + at for at, size in enumerate(shape) if size == 1 and tensor.shape[extra + at] != 1
    ]
    over = [*range(extra), *stretched]
    return (tensor.sum(over, keepdim=True) if over else tensor).reshape(shape)


def _ties(module: _Loss, inputs: Tensors, outputs: Tensors) -> str:
    output, target = inputs
    count = int((output == target).sum())
    if not count or getattr(module, "beta", 0) != 0:
        return ""
    return f"{count} outputs equal their target, at |d|'s kink: the slope there is 0, as in torch"


def _rule(
    name: str, formula: str, slope: Slope[LossModule], *, has_kink: bool = False
) -> BackwardRule[LossModule]:
    def backward(
        module: LossModule, inputs: Tensors, outputs: Tensors, grads: Tensors
    ) -> Gradients:
        output, target = inputs
        steep = slope(module, output, target)
        return Gradients((reduce_back(module, steep, grads[0], output), None))

    return BackwardRule(
        name, f"ŷ.g = {formula}", backward, remark=_ties if has_kink else remark_nothing
    )


RULES: Rules = {
    nn.MSELoss: _rule("MSELoss", "2(ŷ − t)/n", mse),
    nn.L1Loss: _rule("L1Loss", "sign(ŷ − t)/n", l1, has_kink=True),
    nn.SmoothL1Loss: _rule("SmoothL1Loss", "clamp((ŷ − t)/β, ±1)/n", smooth_l1, has_kink=True),
    nn.HuberLoss: _rule("HuberLoss", "clamp(ŷ − t, ±δ)/n", huber),
    nn.KLDivLoss: _rule("KLDivLoss", "−t/n", kl_div),
}
