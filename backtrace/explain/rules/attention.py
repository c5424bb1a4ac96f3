"""MultiheadAttention: projections, softmax of scaled products, a weighted sum, a projection.

    q, k, v = x Wᵀ + b each,  S = q kᵀ / √d,  A = softmax(S),  o = A v,  y = concat(o) Wₒᵀ + bₒ

    o.g = y.g Wₒ,  Wₒ.g = y.gᵀ concat(o)
    A.g = o.g vᵀ,  v.g = Aᵀ o.g
    S.g = A · (A.g − Σ A.g·A),  q.g = S.g k / √d,  k.g = S.gᵀ q / √d

Source: Vaswani et al., Attention Is All You Need (2017), section 3.2; PyTorch documentation,
MultiheadAttention, for in_proj_weight, which is the rows of W for q, k and v.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor, nn

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors
from backtrace.explain.rules.softmax import back_through_softmax


def attention(
    module: nn.MultiheadAttention, inputs: Tensors, outputs: Tensors, grads: Tensors
) -> Gradients:
    """Return the gradients of query, key and value, and of both projections.

    query, key, value (n, L, E) if batch_first, (L, n, E) if not, (L, E) without a batch. In
    self-attention all three are one tensor, whose gradient is the sum of the three.
    """
    given = [_rows_first(module, x) for x in inputs[:3]]
    found = back_through_attention(module, inputs, outputs, grads)
    assert module.in_proj_weight is not None  # others are refused
    y_grad, flat = found.y_grad, found.back
    named = {"out_proj.weight": y_grad.flatten(0, 1).T @ found.joined.flatten(0, 1)}
    products = [g.flatten(0, 1).T @ x.flatten(0, 1) for g, x in zip(flat, given, strict=True)]
    named["in_proj_weight"] = torch.cat(products)
    if module.in_proj_bias is not None:
        named["in_proj_bias"] = torch.cat([grad.sum((0, 1)) for grad in flat])
        named["out_proj.bias"] = y_grad.sum((0, 1))
    weights = module.in_proj_weight.chunk(3)
    x_grads = [_as_given(module, g @ w, inputs[0].ndim) for g, w in zip(flat, weights, strict=True)]
    return Gradients(tuple(x_grads), named)


@dataclass(frozen=True)
class AttentionSteps:
    """What lies between an attention's input and output, and the gradient of each.

    `projected` and `weights` are (n, heads, L, …); `joined`, `y_grad` and `back`, the gradients of
    q, k and v, are (n, L, E).
    """

    projected: Tensors
    weights: Tensor
    joined: Tensor
    y_grad: Tensor
    joined_grad: Tensor
    weights_grad: Tensor
    scores_grad: Tensor
    back: Tensors


def back_through_attention(
    module: nn.MultiheadAttention, inputs: Tensors, outputs: Tensors, grads: Tensors
) -> AttentionSteps:
    """Return the projections, scores and weights of a call, and the gradient of each."""
    assert module.in_proj_weight is not None  # others are refused
    given = [_rows_first(module, x) for x in inputs[:3]]
    weights = module.in_proj_weight.chunk(3)
    biases = [0.0] * 3 if module.in_proj_bias is None else module.in_proj_bias.chunk(3)
    q, k, v = (_heads(module, x @ w.T + b) for x, w, b in zip(given, weights, biases, strict=True))
    root = sqrt(q.shape[-1])
    chosen = (q @ k.mT / root).softmax(-1)
    y_grad = _rows_first(module, grads[0])
    joined_grad = y_grad @ module.out_proj.weight
    o_grad = _heads(module, joined_grad)
    chosen_grad = o_grad @ v.mT + _given_weights(module, outputs, grads)
    scores_grad = back_through_softmax(chosen, chosen_grad, -1)
    back = [scores_grad @ k / root, scores_grad.mT @ q / root, chosen.mT @ o_grad]
    return AttentionSteps(
        (q, k, v), chosen, _joined(chosen @ v), y_grad, joined_grad, chosen_grad, scores_grad,
        tuple(map(_joined, back)),
    )  # fmt: skip


def _rows_first(module: nn.MultiheadAttention, x: Tensor) -> Tensor:
    """Return (n, L, E), whatever the layout."""
    if x.ndim == 2:
        return x[None]
    return x if module.batch_first else x.transpose(0, 1)


def _as_given(module: nn.MultiheadAttention, x: Tensor, dims: int) -> Tensor:
    if dims == 2:
        return x[0]
    return x if module.batch_first else x.transpose(0, 1)


def _heads(module: nn.MultiheadAttention, x: Tensor) -> Tensor:
    """Return (n, L, E) as (n, heads, L, d)."""
    return x.reshape(*x.shape[:2], module.num_heads, -1).transpose(1, 2)


def _joined(x: Tensor) -> Tensor:
    """Return (n, heads, L, d) as (n, L, E)."""
    return x.transpose(1, 2).flatten(2)


def _given_weights(
    module: nn.MultiheadAttention, outputs: Tensors, grads: Tensors
) -> Tensor | float:
    """Return what comes back through the attention weights, if the model used them."""
    if len(grads) < 2:
        return 0.0
    grad = grads[1]
    is_single = outputs[0].ndim == 2
    grad = grad[None] if is_single else grad
    is_average = grad.ndim == 3
    return grad[:, None] / module.num_heads if is_average else grad


def _refuse(module: nn.MultiheadAttention) -> str:
    if not module._qkv_same_embed_dim:
        return "kdim or vdim: the rule is for self-attention"
    if module.bias_k is not None or module.add_zero_attn:
        return "add_bias_kv or add_zero_attn: the rule has no such rows"
    if module.dropout and module.training:
        return "dropout of attention weights: the mask that was drawn cannot be seen"
    return ""


RULES: Rules = {
    nn.MultiheadAttention: BackwardRule(
        "MultiheadAttention",
        "A.g = o.g vᵀ, v.g = Aᵀ o.g, S.g = A·(A.g − Σ A.g·A), q.g = S.g k/√d, k.g = S.gᵀ q/√d",
        attention,
        _refuse,
    )
}
