"""Attention worked out: projections, scores, weights, and what comes back through each."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn

from backtrace.explain.rules.attention import back_through_attention
from backtrace.explain.working.worked import GivenCall, Worked, Working, Workings, first_rows

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
    root = f"√{q.shape[-1]}"
    forward = [
        *_given(module, call.inputs[0]),
        *_project("q", q),
        *_project("k", k),
        *_project("v", v),
        Worked("S", f"q·kᵀ/{root}", q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5),
        Worked("A", "softmax(S)", found.weights),
        Worked("o", "A·v, heads side by side", found.joined),
    ]
    if wanted == "out_proj.weight":
        return Working(tuple(forward), _FORMULAS[wanted])
    back = [
        *first_rows("W_o", module.out_proj.weight),
        Worked("∂L/∂o", "{g}·W_o", found.joined_grad),
        Worked("∂L/∂A", "∂L/∂o·vᵀ", found.weights_grad),
        Worked("∂L/∂S", "A·(∂L/∂A − Σ ∂L/∂A·A)", found.scores_grad),
        Worked("∂L/∂q", f"∂L/∂S·k/{root}", found.back[0]),
        Worked("∂L/∂k", f"∂L/∂Sᵀ·q/{root}", found.back[1]),
        Worked("∂L/∂v", "Aᵀ·∂L/∂o", found.back[2]),
    ]
    return Working((*forward, *back), _FORMULAS[wanted])


def _given(module: nn.MultiheadAttention, x: Tensor) -> Iterator[Worked]:
    """Give what q, k and v are made of; of large tensors, what their first numbers are made of."""
    assert module.in_proj_weight is not None  # others are refused
    yield from first_rows("{x}", x, is_shown=True)
    biases = module.in_proj_bias
    for at, (name, weight) in enumerate(zip("qkv", module.in_proj_weight.chunk(3), strict=True)):
        yield from first_rows(f"W_{name}", weight)
        if biases is not None:
            yield from first_rows(f"b_{name}", biases.chunk(3)[at])


def _project(name: str, value: Tensor) -> Iterator[Worked]:
    yield Worked(name, f"{{x}}·W_{name}ᵀ + b_{name}", value)
    yield from first_rows(name, value, is_shown=True)


WORKINGS: Workings = {nn.MultiheadAttention: attention}
