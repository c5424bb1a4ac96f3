"""Losses that are one node: the slope of each element, times loss.g, over n where it is a mean.

Sources: as in `explain/rules/losses_elementwise.py` and `losses_class.py`, whose slopes these are.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from torch import Tensor, nn

from backtrace.explain.nodes.node_rule import (
    Formula,
    NodeFacts,
    NodeRule,
    Rules,
    one_way,
)
from backtrace.explain.rules.losses_class import RULES as CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable

_REDUCTIONS = ("none", "mean", "sum")


def compared(slope: Callable[[NodeFacts, Tensor], Tensor], text: str) -> NodeRule:
    """Return the rule of a loss of d = x − t; the target's gradient has the other sign."""

    def back(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
        found = slope(facts, facts.tensor("self") - facts.tensor("target"))
        found = found / found.numel() if _reduction(facts) == "mean" else found
        return -grad * found if at else grad * found

    shown = {"x": "self", "t": "target"}
    return one_way(back, Formula(f"{{g}}·{text}", shown), Formula(f"−{{g}}·{text}", shown))


def of_classes(cls: type[nn.Module], facts: NodeFacts, grads: tuple[Tensor, ...]) -> Tensor | None:
    """Return the gradient of a loss whose rule is that of its layer."""
    module = SimpleNamespace(
        weight=facts.maybe("weight"),
        pos_weight=facts.maybe("pos_weight"),
        ignore_index=facts.integer("ignore_index") if "ignore_index" in facts.saved else -100,
        reduction=_reduction(facts),
    )
    inputs = facts.tensor("self"), facts.tensor("target")
    return CLASSES[cls].backward(cast("nn.Module", module), inputs, (), grads).inputs[0]


def _from_layer(cls: type[nn.Module], text: str) -> NodeRule:
    def back(facts: NodeFacts, grads: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
        first = of_classes(cls, facts, grads)
        return (first, *[None] * (len(facts.inputs) - 1))

    def refuse(facts: NodeFacts) -> str:
        return "its target asks for a gradient" if facts.wants(1) else ""

    return NodeRule(back, (Formula(f"{{g}}·{text}", {"x": "self", "t": "target"}),), refuse=refuse)


def _reduction(facts: NodeFacts) -> str:
    return _REDUCTIONS[facts.integer("reduction")]


def _huber(facts: NodeFacts, d: Tensor) -> Tensor:
    limit = facts.number("delta")
    return d.clamp(-limit, limit)


def _smooth(facts: NodeFacts, d: Tensor) -> Tensor:
    beta = facts.number("beta")
    return d.sign() if beta == 0 else (d / beta).clamp(-1, 1)


_NLL = _from_layer(nn.NLLLoss, "(−w/n at the target's class, else 0)")
RULES: Rules = {
    "MseLossBackward0": compared(lambda facts, d: 2 * d, "2(x − t)/n"),
    "SmoothL1LossBackward0": compared(_smooth, "clamp((x − t)/β, ±1)/n"),
    "HuberLossBackward0": compared(_huber, "clamp(x − t, ±δ)/n"),
    "NllLossBackward0": _NLL,
    "NllLoss2DBackward0": _NLL,
    "BinaryCrossEntropyBackward0": _from_layer(nn.BCELoss, "w(x − t)/(x(1 − x))/n"),
    "BinaryCrossEntropyWithLogitsBackward0": _from_layer(
        nn.BCEWithLogitsLoss, "w(σ(x) − t)/n, with pos_weight on t"
    ),
}
