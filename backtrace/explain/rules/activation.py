"""Activations work on each element alone: x.g = y.g · f′(x), all of one shape.

Sources: Goodfellow et al., Deep Learning, section 6.3 (ReLU, sigmoid, tanh); Maas et al. (2013,
LeakyReLU); Clevert et al. (2015, ELU); Klambauer et al. (2017, SELU); Hendrycks and Gimpel (2016,
GELU, SiLU); Dugas et al. (2000, softplus). At a kink the value is the one that torch takes, as
its documentation and forward formulas have it: ReLU′(0) = 0, and a Hardtanh is flat at its ends.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sqrt

import torch
from torch import Tensor, nn

from backtrace.explain.rules.backward_rule import (
    BackwardRule,
    Gradients,
    M,
    Rules,
    Tensors,
    remark_nothing,
)

Slope = Callable[[M, Tensor, Tensor], Tensor]
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # Klambauer et al., section 2


def relu(module: nn.ReLU, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = max(0, x), f′(x) = [x > 0]; at 0 torch takes 0."""
    return (x > 0).to(x)


def leaky_relu(module: nn.LeakyReLU, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = x if x > 0 else a·x, f′(x) = 1 or a; at 0 torch takes a."""
    return torch.where(x > 0, 1.0, torch.full_like(x, module.negative_slope))


def elu(module: nn.ELU, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = x if x > 0 else α(eˣ − 1), f′(x) = 1 or α·eˣ; at 0 torch takes α."""
    return torch.where(x > 0, 1.0, module.alpha * x.exp())


def selu(module: nn.SELU, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = λ·(x if x > 0 else α(eˣ − 1)), f′(x) = λ or λα·eˣ."""
    return SELU_SCALE * torch.where(x > 0, 1.0, SELU_ALPHA * x.exp())


def silu(module: nn.SiLU, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = x·σ(x), f′(x) = σ(x)·(1 + x·(1 − σ(x)))."""
    gate = x.sigmoid()
    return gate * (1 + x * (1 - gate))


def gelu(module: nn.GELU, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = x·Φ(x), f′(x) = Φ(x) + x·φ(x); the tanh form replaces Φ by ½(1 + tanh u(x)).

    u(x) = √(2/π)·(x + 0.044715·x³), and its part of f′ is ½x·(1 − tanh²u)·u′(x).
    """
    if module.approximate == "none":
        density = (-x.square() / 2).exp() / sqrt(2 * pi)
        return (1 + torch.erf(x / sqrt(2))) / 2 + x * density
    curve = (sqrt(2 / pi) * (x + 0.044715 * x**3)).tanh()
    steepness = sqrt(2 / pi) * (1 + 3 * 0.044715 * x.square())
    return (1 + curve) / 2 + x / 2 * (1 - curve.square()) * steepness


def sigmoid(module: nn.Sigmoid, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = 1 / (1 + e⁻ˣ), f′(x) = y·(1 − y)."""
    return y * (1 - y)


def tanh(module: nn.Tanh, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = tanh x, f′(x) = 1 − y²."""
    return 1 - y.square()


def softplus(module: nn.Softplus, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = log(1 + e^(βx)) / β, f′(x) = σ(βx); above the threshold torch takes f(x) = x."""
    scaled = module.beta * x
    return torch.where(scaled > module.threshold, 1.0, scaled.sigmoid())


def hardtanh(module: nn.Hardtanh, x: Tensor, y: Tensor) -> Tensor:
    """f(x) = min(max(x, low), high), f′(x) = [low < x < high]; at the ends torch takes 0."""
    return ((x > module.min_val) & (x < module.max_val)).to(x)


def _at(x: Tensor, *kinks: float) -> str:
    count = sum(int((x == kink).sum()) for kink in kinks)
    return f"{count} of {x.numel()} inputs are exactly at a kink" if count else ""


def _rule(name: str, formula: str, slope: Slope[M], kinks: str = "") -> BackwardRule[M]:
    """Return f′ as a rule. `kinks` says which slope torch takes where f has none."""

    def backward(module: M, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
        return Gradients((grads[0] * slope(module, inputs[0], outputs[0]),))

    def remark(module: M, inputs: Tensors, outputs: Tensors) -> str:
        ends = getattr(module, "min_val", 0.0), getattr(module, "max_val", 0.0)
        found = _at(inputs[0], *set(ends))
        return found and f"{found}; {kinks}, as in torch"

    return BackwardRule(
        name, f"x.g = y.g·{formula}", backward, remark=remark if kinks else remark_nothing
    )


RULES: Rules = {
    nn.ReLU: _rule("ReLU", "[x > 0]", relu, "the slope there is 0"),
    nn.LeakyReLU: _rule("LeakyReLU", "(1 or a)", leaky_relu, "the slope there is a"),
    nn.ELU: _rule("ELU", "(1 or α·eˣ)", elu, "the slope there is α"),
    nn.SELU: _rule("SELU", "λ·(1 or α·eˣ)", selu, "the slope there is λα"),
    nn.SiLU: _rule("SiLU", "σ(x)(1 + x(1 − σ(x)))", silu),
    nn.GELU: _rule("GELU", "(Φ(x) + x·φ(x))", gelu),
    nn.Sigmoid: _rule("Sigmoid", "y(1 − y)", sigmoid),
    nn.Tanh: _rule("Tanh", "(1 − y²)", tanh),
    nn.Softplus: _rule("Softplus", "σ(βx)", softplus),
    nn.Hardtanh: _rule("Hardtanh", "[low < x < high]", hardtanh, "the slope there is 0"),
}
