"""Functions that losses written by hand are made of: hyperbolic, trigonometric, rounding, scatters.

Source: the derivatives of the functions as any table of calculus has them; at a kink the value is
the one that torch takes.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi, sqrt

import torch
from torch import Tensor

from backtrace.explain.nodes.node_rule import Formula, NodeFacts, NodeRule, Rules, one_way


def angle(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = atan2(u, v): u.g = y.g·v/(u² + v²), v.g = −y.g·u/(u² + v²)."""
    u, v = facts.tensor("self"), facts.tensor("other")
    return (-u if at else v) * grad / (u.square() + v.square())


def hypotenuse(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = √(u² + v²)."""
    return grad * facts.tensor("other" if at else "self") / facts.tensor("result")


def log_add_exp(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = log(eᵘ + eᵛ): each gets its share of the sum."""
    u, v = facts.tensor("self"), facts.tensor("other")
    return grad * (v - u if at else u - v).sigmoid()


def times_log(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = u·log v, 0 where u is 0."""
    u = facts.factor("self")
    if at or facts.name == "XlogyBackward1":  # with a number u
        return grad * u / facts.tensor("other")
    v, is_zero = facts.factor("other"), torch.as_tensor(u) == 0
    return grad * torch.where(is_zero, 0.0, torch.as_tensor(v, dtype=grad.dtype).log())


def between(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x kept between two tensors; at the ends x has it, and where they cross, the upper end."""
    x, low, high = facts.tensor("self"), facts.maybe("min"), facts.maybe("max")
    above = torch.zeros_like(x, dtype=torch.bool) if high is None else x > high
    below = torch.zeros_like(x, dtype=torch.bool) if low is None else x < low
    if low is not None and high is not None:
        below, above = below & (low < high), above | (high < low)
    return grad * (~(below | above), below, above)[at].to(grad)


def interpolate(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = u + t·(v − u) with a tensor t."""
    if at == 2:
        return grad * (facts.tensor("end") - facts.tensor("self"))
    share = facts.tensor("weight")
    return grad * (share if at else 1 - share)


def add_at(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x, with a source added at the places of an index along a dimension."""
    return grad.gather(facts.integer("dim"), facts.tensor("index")) if at else grad


def add_rows(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x, with slices added at the places of an index along a dimension."""
    if not at:
        return grad
    found = grad.index_select(facts.integer("dim"), facts.tensor("index"))
    return found * facts.number("alpha", 1.0)


def soft_margin(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = log(1 + e^(−t·x)), meant or summed."""
    x, t = facts.tensor("self"), facts.tensor("target")
    count = x.numel() if facts.integer("reduction") == 1 else 1
    return -grad * t * (-t * x).sigmoid() / count


def _slope(slope: Callable[[Tensor], Tensor], formula: str) -> NodeRule:
    return one_way(
        lambda facts, grad, at: grad * slope(facts.tensor("self")), Formula(formula, {"x": "self"})
    )


def _outside(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    return grad * (facts.tensor("self").abs() > facts.number("lambd")).to(grad)


def _above(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    return grad * (facts.tensor("self") > facts.number("threshold")).to(grad)


def _celu(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    x, alpha = facts.tensor("self"), facts.number("alpha")
    return grad * torch.where(x > 0, 1.0, (x / alpha).exp())


_FLAT = one_way(lambda facts, grad, at: torch.zeros_like(grad), Formula("0, for it is flat"))
_SHIFTED = one_way(lambda facts, grad, at: grad, Formula("{g}"))
_UV = {"u": "self", "v": "other"}
_SHRUNK = Formula("{g}·[|x| > λ]", {"x": "self"})

RULES: Rules = {
    "CoshBackward0": _slope(torch.sinh, "{g}·sinh x"),
    "SinhBackward0": _slope(torch.cosh, "{g}·cosh x"),
    "TanBackward0": one_way(
        lambda facts, grad, at: grad * (1 + facts.tensor("result").square()),
        Formula("{g}·(1 + y²)", {"y": "result"}),
    ),
    "AsinBackward0": _slope(lambda x: (1 - x * x).rsqrt(), "{g}/√(1 − x²)"),
    "AcosBackward0": _slope(lambda x: -(1 - x * x).rsqrt(), "−{g}/√(1 − x²)"),
    "AtanBackward0": _slope(lambda x: 1 / (1 + x * x), "{g}/(1 + x²)"),
    "AsinhBackward0": _slope(lambda x: (1 + x * x).rsqrt(), "{g}/√(1 + x²)"),
    "AcoshBackward0": _slope(lambda x: (x * x - 1).rsqrt(), "{g}/√(x² − 1)"),
    "AtanhBackward0": _slope(lambda x: 1 / (1 - x * x), "{g}/(1 − x²)"),
    "ErfcBackward0": _slope(lambda x: -2 / sqrt(pi) * (-x * x).exp(), "−{g}·2/√π·e^(−x²)"),
    "Exp2Backward0": one_way(
        lambda facts, grad, at: grad * facts.tensor("result") * log(2),
        Formula("{g}·y·log 2", {"y": "result"}),
    ),
    "Atan2Backward0": one_way(
        angle, Formula("{g}·v/(u² + v²)", _UV), Formula("−{g}·u/(u² + v²)", _UV)
    ),
    "HypotBackward0": one_way(
        hypotenuse, Formula("{g}·u/y", {"u": "self"}), Formula("{g}·v/y", {"v": "other"})
    ),
    "LogaddexpBackward0": one_way(
        log_add_exp, Formula("{g}·σ(u − v)", _UV), Formula("{g}·σ(v − u)", _UV)
    ),
    "XlogyBackward0": one_way(
        times_log, Formula("{g}·log v", {"v": "other"}), Formula("{g}·u/v", _UV)
    ),
    "XlogyBackward1": one_way(times_log, Formula("{g}·u/v", _UV)),
    "XlogyBackward2": one_way(times_log, Formula("{g}·log v", {"v": "other"})),
    "ClampBackward0": one_way(
        between, Formula("{g}·[low ≤ x ≤ high]", {"x": "self", "low": "min", "high": "max"}),
        Formula("Σ {g} where x < low"), Formula("Σ {g} where x > high"),
    ),
    "LerpBackward1": one_way(
        interpolate, Formula("(1 − t)·{g}", {"t": "weight"}), Formula("t·{g}", {"t": "weight"}),
        Formula("{g}·(v − u)", {"u": "self", "v": "end"}),
    ),
    "ScatterAddBackward0": one_way(add_at, Formula("{g}"), Formula("{g} where it was added")),
    "IndexAddBackward0": one_way(add_rows, Formula("{g}"), Formula("{g} where it was added")),
    "SoftMarginLossBackward0": one_way(
        soft_margin, Formula("−{g}·t·σ(−t·x)/n", {"x": "self", "t": "target"})
    ),
    "SoftshrinkBackward0": one_way(_outside, _SHRUNK),
    "HardshrinkBackward0": one_way(_outside, _SHRUNK),
    "ThresholdBackward0": one_way(_above, Formula("{g}·[x > threshold]", {"x": "self"})),
    "CeluBackward0": one_way(_celu, Formula("{g}·(1 or e^(x/α))", {"x": "self"})),
    "RoundBackward0": _FLAT,
    "FloorBackward0": _FLAT,
    "CeilBackward0": _FLAT,
    "SignBackward0": _FLAT,
    "FracBackward0": _SHIFTED,
    "RemainderBackward0": _SHIFTED,
    "FmodBackward0": _SHIFTED,
}  # fmt: skip
