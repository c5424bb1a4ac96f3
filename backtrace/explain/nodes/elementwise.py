"""Arithmetic on elements: x.g = y.g · ∂y/∂x, each element alone, and summed where broadcast.

Source: the derivatives of the functions as any table of calculus has them; at a kink the value is
the one that torch takes.
"""

from __future__ import annotations

from math import log

import torch
from torch import Tensor

from backtrace.explain.nodes.node_rule import Formula, NodeFacts, Rules, one_way

_OWN = {"x": "self"}
_RESULT = {"y": "result"}


def add(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a + α·b."""
    return grad * facts.number("alpha", 1.0) if at else grad


def subtract(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a − α·b."""
    return -grad * facts.number("alpha", 1.0) if at else grad


def subtract_from(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = b − α·a."""
    return grad if at else -grad * facts.number("alpha", 1.0)


def multiply(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a·b."""
    return grad * facts.factor("self" if at else "other")


def divide(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a/b: a.g = y.g/b, b.g = −y.g·a/b²."""
    divisor = facts.factor("other")
    return -grad * facts.tensor("self") / divisor**2 if at else grad / divisor


def power(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = xⁿ with a number n; a power of 0 has no slope."""
    n, x = facts.number("exponent"), facts.tensor("self")
    return torch.zeros_like(grad) if n == 0 else grad * n * x ** (n - 1)


def power_of_tensors(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = xⁿ, both tensors: n.g = y.g·y·log x."""
    x, n = facts.tensor("self"), facts.tensor("exponent")
    if at:
        return grad * facts.tensor("result") * torch.where(x > 0, x, 1.0).log()
    return torch.where(n == 0, 0.0, grad * n * x ** (n - 1))


def power_of_number(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = aⁿ with a number a."""
    return grad * facts.tensor("result") * log(facts.number("self"))


def absolute(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = |x|; at 0 torch takes 0."""
    return grad * facts.tensor("self").sign()


def clamp(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x kept between two numbers; at the ends torch takes 1."""
    x = facts.tensor("self")
    low, high = facts.number("min", -torch.inf), facts.number("max", torch.inf)
    return grad * ((x >= low) & (x <= high)).to(grad)


def larger(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = max(a, b); a tie is shared."""
    return grad * _wins(facts.tensor("self"), facts.tensor("other"), at)


def smaller(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = min(a, b); a tie is shared."""
    return grad * _wins(-facts.tensor("self"), -facts.tensor("other"), at)


def _wins(one: Tensor, other: Tensor, at: int) -> Tensor:
    mine, yours = (other, one) if at else (one, other)
    return (mine > yours).to(one) + (mine == yours).to(one) / 2


def choose(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a where the condition holds, else b."""
    holds = facts.tensor("condition")
    return grad.masked_fill(holds if at else ~holds, 0.0)


def fill(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x, but a number where the mask is set."""
    mask = facts.tensor("mask")
    return grad.masked_fill(~mask if at else mask, 0.0)


def interpolate(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a + t·(b − a) with a number t."""
    share = facts.number("weight")
    return grad * (share if at else 1 - share)


def add_product(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = c + v·a·b."""
    if not at:
        return grad
    return grad * facts.number("value", 1.0) * facts.tensor("tensor2" if at == 1 else "tensor1")


def add_quotient(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = c + v·a/b."""
    if not at:
        return grad
    grad, divisor = grad * facts.number("value", 1.0), facts.tensor("tensor2")
    return grad / divisor if at == 1 else -grad * facts.tensor("tensor1") / divisor**2


def _f(text: str, **shown: str) -> Formula:
    return Formula(text, shown)


_PASSED = _f("{g}")
_SUMMED = _f("α·{g}")
_TIE = _f("{g} where it is taken", u="self", v="other")
_MASKED = _f("{g}, 0 where the mask is set")

RULES: Rules = {
    "AddBackward0": one_way(add, _PASSED, _SUMMED),
    "AddBackward1": one_way(add, _PASSED),
    "SubBackward0": one_way(subtract, _PASSED, _f("−α·{g}")),
    "SubBackward1": one_way(subtract, _PASSED),
    "RsubBackward0": one_way(subtract_from, _f("−α·{g}"), _PASSED),
    "RsubBackward1": one_way(subtract_from, _f("−α·{g}")),
    "MulBackward0": one_way(multiply, _f("{g}·v", v="other"), _f("{g}·u", u="self")),
    "MulBackward1": one_way(multiply, _f("{g}·v", v="other")),
    "DivBackward0": one_way(
        divide, _f("{g}/v", v="other"), _f("−{g}·u/v²", u="self", v="other")
    ),
    "DivBackward1": one_way(divide, _f("{g}/v", v="other")),
    "NegBackward0": one_way(lambda facts, grad, at: -grad, _f("−{g}")),
    "PowBackward0": one_way(power, _f("{g}·k·xᵏ⁻¹", x="self", k="exponent")),
    "PowBackward1": one_way(
        power_of_tensors, _f("{g}·k·xᵏ⁻¹", x="self", k="exponent"), _f("{g}·y·log x", x="self")
    ),
    "PowBackward2": one_way(power_of_number, _f("{g}·y·log u", y="result", u="self")),
    "ExpBackward0": one_way(
        lambda facts, grad, at: grad * facts.tensor("result"), Formula("{g}·y", _RESULT)
    ),
    "Expm1Backward0": one_way(
        lambda facts, grad, at: grad * (facts.tensor("result") + 1), Formula("{g}·(y + 1)", _RESULT)
    ),
    "LogBackward0": one_way(
        lambda facts, grad, at: grad / facts.tensor("self"), Formula("{g}/x", _OWN)
    ),
    "Log1PBackward0": one_way(
        lambda facts, grad, at: grad / (facts.tensor("self") + 1), Formula("{g}/(1 + x)", _OWN)
    ),
    "Log2Backward0": one_way(
        lambda facts, grad, at: grad / (facts.tensor("self") * log(2)),
        Formula("{g}/(x·log 2)", _OWN),
    ),
    "Log10Backward0": one_way(
        lambda facts, grad, at: grad / (facts.tensor("self") * log(10)),
        Formula("{g}/(x·log 10)", _OWN),
    ),
    "SqrtBackward0": one_way(
        lambda facts, grad, at: grad / (2 * facts.tensor("result")), Formula("{g}/2y", _RESULT)
    ),
    "RsqrtBackward0": one_way(
        lambda facts, grad, at: -grad * facts.tensor("result") ** 3 / 2,
        Formula("−{g}·y³/2", _RESULT),
    ),
    "ReciprocalBackward0": one_way(
        lambda facts, grad, at: -grad * facts.tensor("result") ** 2, Formula("−{g}·y²", _RESULT)
    ),
    "AbsBackward0": one_way(absolute, Formula("{g}·sign x", _OWN)),
    "SinBackward0": one_way(
        lambda facts, grad, at: grad * facts.tensor("self").cos(), Formula("{g}·cos x", _OWN)
    ),
    "CosBackward0": one_way(
        lambda facts, grad, at: -grad * facts.tensor("self").sin(), Formula("−{g}·sin x", _OWN)
    ),
    "ClampBackward1": one_way(clamp, Formula("{g}·[low ≤ x ≤ high]", _OWN)),
    "ClampMinBackward0": one_way(clamp, Formula("{g}·[x ≥ low]", _OWN)),
    "ClampMaxBackward0": one_way(clamp, Formula("{g}·[x ≤ high]", _OWN)),
    "MaximumBackward0": one_way(larger, _TIE),
    "MinimumBackward0": one_way(smaller, _TIE),
    "WhereBackward0": one_way(
        choose, _f("{g} where the condition holds"), _f("{g} where it does not")
    ),
    "MaskedFillBackward0": one_way(fill, _MASKED),
    "MaskedFillBackward1": one_way(fill, _MASKED, _f("Σ {g} where the mask is set")),
    "LerpBackward0": one_way(interpolate, _f("(1 − t)·{g}"), _f("t·{g}")),
    "AddcmulBackward0": one_way(
        add_product, _PASSED, _f("c·{g}·v", v="tensor2"), _f("c·{g}·u", u="tensor1")
    ),
    "AddcdivBackward0": one_way(
        add_quotient, _PASSED, _f("c·{g}/v", v="tensor2"),
        _f("−c·{g}·u/v²", u="tensor1", v="tensor2"),
    ),
}  # fmt: skip
