"""Embedding: a row of the table gets the gradients of all places that looked it up.

Sources: Goodfellow et al., Deep Learning, section 12.4.2 (a row is picked as by a one-hot
product); PyTorch documentation, Embedding, for padding_idx and scale_grad_by_freq.
"""

from __future__ import annotations

import torch
from torch import nn

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors


def embedding(module: nn.Embedding, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return weight.g[v] = Σ over places with index v of y.g; indices have no gradient.

    indices (…), weight (V, D), y (…, D). torch gives row `padding_idx` no gradient, and divides
    by how often v occurs if `scale_grad_by_freq` is set.
    """
    indices, rows = inputs[0].reshape(-1), grads[0].reshape(-1, module.embedding_dim)
    if module.scale_grad_by_freq:
        rows = rows / torch.bincount(indices, minlength=module.num_embeddings)[indices, None]
    weight_grad = torch.zeros_like(module.weight).index_add(0, indices, rows)
    if module.padding_idx is not None:
        weight_grad[module.padding_idx] = 0
    return Gradients((None,), {"weight": weight_grad})


def _refuse(module: nn.Embedding) -> str:
    return "max_norm: its forward changes the table" if module.max_norm is not None else ""


RULES: Rules = {
    nn.Embedding: BackwardRule("Embedding", "w.g[v] = Σ y.g where index = v", embedding, _refuse)
}
