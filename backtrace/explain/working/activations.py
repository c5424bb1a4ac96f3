"""Activations, softmax and dropout worked out: the slope at each element, or the mask drawn."""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sqrt

import torch
from torch import nn

from backtrace.explain.rules import activation
from backtrace.explain.rules.activation import SELU_ALPHA, SELU_SCALE
from backtrace.explain.working.worked import GivenCall, Worked, Working, Workings


def _sloped(text: Callable[[nn.Module], str]) -> Callable[[nn.Module, GivenCall, str], Working]:
    """Return the working of an activation whose slope is said by `text`, with its numbers."""

    def work(module: nn.Module, call: GivenCall, wanted: str) -> Working:
        ones = torch.ones_like(call.grads[0])
        rule = activation.RULES[type(module)]
        slope = rule.backward(module, call.inputs, call.outputs, (ones,)).inputs[0]
        assert slope is not None  # an activation has a gradient at its input
        return Working((Worked("f′({x})", text(module), slope),), "{g}·f′({x})")

    return work


def gelu(module: nn.GELU, call: GivenCall, wanted: str) -> Working:
    """Work out a GELU: the normal distribution's share below x, and its density."""
    x = call.inputs[0]
    if module.approximate != "none":
        curve = (sqrt(2 / pi) * (x + 0.044715 * x**3)).tanh()
        steep = sqrt(2 / pi) * (1 + 3 * 0.044715 * x.square())
        return Working(
            (
                Worked("h", "tanh(√(2/π)·({x} + 0.044715·{x}³))", curve),
                Worked("u′", "√(2/π)·(1 + 3·0.044715·{x}²)", steep),
            ),
            "{g}·((1 + h)/2 + {x}/2·(1 − h²)·u′)",
        )
    share = (1 + torch.erf(x / sqrt(2))) / 2
    density = (-x.square() / 2).exp() / sqrt(2 * pi)
    return Working(
        (
            Worked("Φ", "(1 + erf({x}/√2))/2", share),
            Worked("φ", "exp(−{x}²/2)/√(2π)", density),
        ),
        "{g}·(Φ + {x}·φ)",
    )


def silu(module: nn.SiLU, call: GivenCall, wanted: str) -> Working:
    """Work out a SiLU."""
    gate = Worked("σ", "1/(1 + exp(−{x}))", call.inputs[0].sigmoid())
    return Working((gate,), "{g}·σ·(1 + {x}·(1 − σ))")


def softmax(module: nn.Softmax, call: GivenCall, wanted: str) -> Working:
    """Work out a softmax."""
    y = Worked("{y}", "softmax({x})", call.outputs[0])
    return Working((y,), "{y}·({g} − Σ {g}·{y})")


def log_softmax(module: nn.LogSoftmax, call: GivenCall, wanted: str) -> Working:
    """Work out a log softmax."""
    y = Worked("p", "softmax({x}) = exp({y})", call.outputs[0].exp())
    return Working((y,), "{g} − p·Σ {g}")


def dropout(module: nn.Module, call: GivenCall, wanted: str) -> Working:
    """Work out a dropout: the mask that this forward drew."""
    if not module.training or len(call.inputs) < 2:
        return Working((), "{g}")
    p = float(module.p)  # type: ignore[arg-type]
    keep = f"0, or 1/(1 − {p:g}) where {{x}} was kept"
    return Working((Worked("mask", keep, call.inputs[1]),), "{g}·mask")


WORKINGS: Workings = {
    nn.LeakyReLU: _sloped(lambda m: f"1 where {{x}} > 0, else {m.negative_slope:g}"),
    nn.ELU: _sloped(lambda m: f"1 where {{x}} > 0, else {m.alpha:g}·exp({{x}})"),
    nn.SELU: _sloped(
        lambda m: f"{SELU_SCALE:.6g} where {{x}} > 0, else {SELU_SCALE * SELU_ALPHA:.6g}·exp({{x}})"
    ),
    nn.Sigmoid: _sloped(lambda m: "{y}·(1 − {y})"),
    nn.Tanh: _sloped(lambda m: "1 − {y}²"),
    nn.Softplus: _sloped(lambda m: f"1/(1 + exp(−{m.beta:g}·{{x}}))"),
    nn.Hardtanh: _sloped(lambda m: f"1 where {m.min_val:g} < {{x}} < {m.max_val:g}, else 0"),
    nn.GELU: gelu,
    nn.SiLU: silu,
    nn.Softmax: softmax,
    nn.LogSoftmax: log_softmax,
    **dict.fromkeys((nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d), dropout),
}
