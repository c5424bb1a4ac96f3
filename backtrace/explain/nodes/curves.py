"""Activations: x.g = y.g · f′(x), with the slopes of the layers' rules where there are such.

Sources: as in `explain/rules/activation.py`; Misra (2019, Mish); Howard et al. (2019, Hardswish).
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sqrt

import torch
from torch import Tensor, nn

from backtrace.explain.nodes.node_rule import Formula, NodeFacts, NodeRule, Rules, one_way
from backtrace.explain.rules import activation

_SIXTH = torch.tensor(1 / 6, dtype=torch.float32).item()  # torch holds it as a float32

Slope = Callable[[NodeFacts], Tensor]


def elu(facts: NodeFacts) -> Tensor:
    """f(x) = λ·(x if x > 0 else α(e^(κx) − 1)), which are ELU, CELU and SELU."""
    x, alpha = facts.tensor("self"), facts.number("alpha", 1.0)
    scale, inner = facts.number("scale", 1.0), facts.number("input_scale", 1.0)
    return torch.where(x > 0, scale, scale * alpha * inner * (inner * x).exp())


def gelu(facts: NodeFacts) -> Tensor:
    """f(x) = x·Φ(x), or the tanh form of it."""
    how = str(facts.saved.get("approximate", "none"))
    x = facts.tensor("self")
    return activation.gelu(nn.GELU(how), x, x)


def softplus(facts: NodeFacts) -> Tensor:
    """f(x) = log(1 + e^(βx)) / β."""
    x = facts.tensor("self")
    return activation.softplus(nn.Softplus(facts.number("beta"), facts.number("threshold")), x, x)


def hardtanh(facts: NodeFacts) -> Tensor:
    """f(x) = min(max(x, low), high), which ReLU6 is too; flat at its ends."""
    x = facts.tensor("self")
    return ((x > facts.number("min_val")) & (x < facts.number("max_val"))).to(x)


def hardswish(facts: NodeFacts) -> Tensor:
    """f(x) = x·min(max(x + 3, 0), 6)/6."""
    x = facts.tensor("self")
    return torch.where(x <= -3, 0.0, torch.where(x < 3, x / 3 + 0.5, 1.0))


def hardsigmoid(facts: NodeFacts) -> Tensor:
    """f(x) = min(max(x + 3, 0), 6)/6."""
    x = facts.tensor("self")
    return ((x > -3) & (x < 3)).to(x) * _SIXTH


def mish(facts: NodeFacts) -> Tensor:
    """f(x) = x·tanh s with s = log(1 + eˣ); f′ = tanh s + x·σ(x)·(1 − tanh² s)."""
    x = facts.tensor("self")
    curve = torch.where(x > 20, x, x.clamp(max=20).exp().log1p()).tanh()
    return curve + x * x.sigmoid() * (1 - curve.square())


def silu(facts: NodeFacts) -> Tensor:
    """f(x) = x·σ(x)."""
    x = facts.tensor("self")
    return activation.silu(nn.SiLU(), x, x)


def erf(facts: NodeFacts) -> Tensor:
    """f′(x) = 2/√π·e^(−x²)."""
    return 2 / sqrt(pi) * (-facts.tensor("self").square()).exp()


def leaky(facts: NodeFacts) -> Tensor:
    """f(x) = x if x > 0 else a·x."""
    x = facts.tensor("self")
    return torch.where(x > 0, 1.0, torch.full_like(x, facts.number("negative_slope")))


def glu(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a·σ(b), a and b the halves of x."""
    dim = facts.integer("dim")
    a, b = facts.tensor("self").chunk(2, dim)
    gate = b.sigmoid()
    return torch.cat([grad * gate, grad * a * gate * (1 - gate)], dim)


def prelu(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x if x > 0 else a·x: a.g = Σ y.g·x where x < 0."""
    x = facts.tensor("self")
    return grad * (
        torch.where(x > 0, 0.0, x) if at else torch.where(x > 0, 1.0, facts.tensor("weight"))
    )


def _curve(slope: Slope, formula: str, letter: str = "x", saved: str = "self") -> NodeRule:
    return one_way(
        lambda facts, grad, at: grad * slope(facts), Formula(f"{{g}}·{formula}", {letter: saved})
    )


def _of_result(slope: Callable[[Tensor], Tensor], formula: str) -> NodeRule:
    return _curve(lambda facts: slope(facts.tensor("result")), formula, "y", "result")


RULES: Rules = {
    "ReluBackward0": _of_result(lambda y: (y > 0).to(y), "[y > 0]"),
    "SigmoidBackward0": _of_result(lambda y: y * (1 - y), "y(1 − y)"),
    "TanhBackward0": _of_result(lambda y: 1 - y.square(), "(1 − y²)"),
    "LeakyReluBackward0": _curve(leaky, "(1 or a)"),
    "EluBackward0": _curve(elu, "(1 or α·eˣ)"),
    "GluBackward0": one_way(glu, Formula("{g}·σ(b), {g}·a·σ(b)(1 − σ(b))", {"x": "self"})),
    "SiluBackward0": _curve(silu, "σ(x)(1 + x(1 − σ(x)))"),
    "GeluBackward0": _curve(gelu, "(Φ(x) + x·φ(x))"),
    "SoftplusBackward0": _curve(softplus, "σ(βx)"),
    "LogSigmoidBackward0": _curve(lambda facts: (-facts.tensor("self")).sigmoid(), "σ(−x)"),
    "HardtanhBackward0": _curve(hardtanh, "[low < x < high]"),
    "HardswishBackward0": _curve(hardswish, "(0, x/3 + 1/2 or 1)"),
    "HardsigmoidBackward0": _curve(hardsigmoid, "[−3 < x < 3]/6"),
    "MishBackward0": _curve(mish, "(tanh s + x·σ(x)(1 − tanh² s))"),
    "ErfBackward0": _curve(erf, "2/√π·e^(−x²)"),
    "PreluKernelBackward0": one_way(
        prelu, Formula("{g}·(1 or a)", {"x": "self", "a": "weight"}),
        Formula("Σ {g}·x where x ≤ 0", {"x": "self"}),
    ),
}  # fmt: skip
