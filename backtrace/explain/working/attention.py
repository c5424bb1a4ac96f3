"""Attention worked out: projections, scores, weights, and what comes back through each."""

from __future__ import annotations

from torch import nn

from backtrace.explain.rules.attention import back_through_attention
from backtrace.explain.working.worked import GivenCall, Worked, Working, Workings

_FORMULAS = {
    "out_proj.weight": "Σ over rows of {g}·o",
    "out_proj.bias": "Σ over rows of {g}",
    "in_proj_weight": "Σ over rows of ∂L/∂q·{x}, under it ∂L/∂k·{x}, ∂L/∂v·{x}",
    "in_proj_bias": "Σ over rows of ∂L/∂q, under it ∂L/∂k, ∂L/∂v",
    "": "∂L/∂q·W_q + ∂L/∂k·W_k + ∂L/∂v·W_v",
}


def attention(module: nn.MultiheadAttention, call: GivenCall, wanted: str) -> Working:
    """Work out a self-attention; W_q, W_k and W_v are the thirds of in_proj_weight."""
    if wanted == "out_proj.bias":
        return Working((), _FORMULAS[wanted])
    found = back_through_attention(module, call.inputs, call.outputs, call.grads)
    q, k, v = found.projected
    forward = [
        Worked("q", "{x}·W_qᵀ + b_q", q),
        Worked("k", "{x}·W_kᵀ + b_k", k),
        Worked("v", "{x}·W_vᵀ + b_v", v),
        Worked("A", f"softmax(q·kᵀ/√{q.shape[-1]})", found.weights),
        Worked("o", "A·v, heads side by side", found.joined),
    ]
    if wanted == "out_proj.weight":
        return Working(tuple(forward), _FORMULAS[wanted])
    root = f"√{q.shape[-1]}"
    back = [
        Worked("∂L/∂o", "{g}·W_o", found.joined_grad),
        Worked("∂L/∂A", "∂L/∂o·vᵀ", found.weights_grad),
        Worked("∂L/∂S", "A·(∂L/∂A − Σ ∂L/∂A·A), S = q·kᵀ/√d", found.scores_grad),
        Worked("∂L/∂q", f"∂L/∂S·k/{root}", found.back[0]),
        Worked("∂L/∂k", f"∂L/∂Sᵀ·q/{root}", found.back[1]),
        Worked("∂L/∂v", "Aᵀ·∂L/∂o", found.back[2]),
    ]
    return Working((*forward, *back), _FORMULAS[wanted])


WORKINGS: Workings = {nn.MultiheadAttention: attention}
