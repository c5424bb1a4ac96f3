"""Attention and recurrent layers that torch computes in one node.

Sources: Vaswani et al. (2017), section 3.2; those of `explain/rules/recurrent.py`.
"""

from __future__ import annotations

from math import sqrt
from types import SimpleNamespace
from typing import cast

import torch
from torch import Tensor, nn

from backtrace.explain.nodes.node_rule import Formula, NodeFacts, NodeRule, Rules
from backtrace.explain.rules import recurrent
from backtrace.explain.rules.softmax import back_through_softmax

_LSTM = 2  # torch's number for it


def attend(facts: NodeFacts, grads: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
    """y = A v with A = softmax(q kᵀ·s + mask): v.g = Aᵀ y.g, then back through the softmax."""
    q, k, v = (facts.tensor(name) for name in ("query", "key", "value"))
    scale = facts.number("scale", 1 / sqrt(q.shape[-1]))
    scores = q @ k.mT * scale
    mask = facts.maybe("attn_mask")
    if mask is not None:
        scores = scores + mask
    if facts.is_set("is_causal"):
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1)
        scores = scores.masked_fill(later, -torch.inf)
    chosen = scores.softmax(-1)
    scores_grad = back_through_softmax(chosen, grads[0] @ v.mT, -1) * scale
    return scores_grad @ k, scores_grad.mT @ q, chosen.mT @ grads[0]


def _refuse_attention(facts: NodeFacts) -> str:
    if facts.number("dropout_p", 0.0):
        return "dropout of attention weights: the mask that was drawn cannot be seen"
    return "its mask asks for a gradient" if facts.wants(3) else ""


def run_back(facts: NodeFacts, grads: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
    """One layer of an LSTM in one direction, (L, n, I): x, four weights, h₀ and c₀."""
    weights = [facts.tensor(f"weight{at}") for at in range(4)]
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    module = SimpleNamespace(
        bias=True, batch_first=False, hidden_size=weights[1].shape[1],
        **dict(zip(names, weights, strict=True)),
    )  # fmt: skip
    x, y_grad = facts.tensor("input"), grads[0]
    if facts.is_set("reverse"):
        x, y_grad = x.flip(0), y_grad.flip(0)
    states = [facts.tensor("hx_")[None], facts.tensor("cx_")[None]]
    given = [grad.reshape(state.shape) for grad, state in zip(grads[1:3], states, strict=True)]
    found = recurrent.lstm(cast("nn.LSTM", module), (x, *states), (), (y_grad, *given))
    x_grad, h_grad, c_grad = found.inputs
    assert x_grad is not None
    assert h_grad is not None
    assert c_grad is not None
    if facts.is_set("reverse"):
        x_grad = x_grad.flip(0)
    shaped = (h_grad.reshape(facts.tensor("hx_").shape), c_grad.reshape(facts.tensor("cx_").shape))
    return (x_grad, *(found.parameters[name] for name in names), *shaped)


def _refuse_recurrent(facts: NodeFacts) -> str:
    if facts.integer("mode") != _LSTM:
        return "the rule is for an LSTM"
    return "" if facts.is_set("has_biases") else "an LSTM without biases"


_Q = {"q": "query", "k": "key", "v": "value"}
_TIME = Formula("Σ over the steps, from the last to the first", {"x": "input"})
RULES: Rules = {
    "ScaledDotProductFlashAttentionForCpuBackward0": NodeRule(
        attend,
        (
            Formula("S.g k·s with S.g = A·(A.g − Σ A.g·A), A.g = {g} vᵀ", _Q),
            Formula("S.gᵀ q·s with S.g = A·(A.g − Σ A.g·A), A.g = {g} vᵀ", _Q),
            Formula("Aᵀ {g} with A = softmax(q kᵀ·s)", _Q),
        ),
        refuse=_refuse_attention,
    ),
    "MkldnnRnnLayerBackward0": NodeRule(run_back, (_TIME,), refuse=_refuse_recurrent),
}
