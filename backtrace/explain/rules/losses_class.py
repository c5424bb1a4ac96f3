"""Losses of classification: cross-entropy, negative log-likelihood, and the binary ones.

Sources: Goodfellow et al., Deep Learning, sections 6.2.2 and 5.5; Szegedy et al., Rethinking the
Inception Architecture (2016, section 7, label smoothing); PyTorch documentation, CrossEntropyLoss,
NLLLoss, BCELoss and BCEWithLogitsLoss, for weights, ignore_index and what a mean divides by.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors
from backtrace.explain.rules.losses_elementwise import reduce_back

_LEAST = torch.tensor(1e-12, dtype=torch.float32).item()


def cross_entropy(
    module: nn.CrossEntropyLoss, inputs: Tensors, outputs: Tensors, grads: Tensors
) -> Gradients:
    """Return z.g = (p·Σ_c q_c − q) · loss.g / n with p = softmax(z); z (n, C, …) or (C,).

    The loss of a row is −Σ_c q_c log p_c. With target probabilities t, q_c = w_c·t̃_c and n counts
    rows; t̃ = (1 − ε)t + ε/C smooths. With a target class y, q_c = (1 − ε)·w_y·[c = y] + ε/C·w_c,
    rows with y = ignore_index count nothing, and n is the sum of w_y.
    """
    (z, target), (grad,) = inputs, grads
    dim, classes = class_dim(z), z.shape[class_dim(z)]
    weight = by_class(module.weight, z)
    smooth = module.label_smoothing / classes
    if target.is_floating_point():
        wanted = weight * ((1 - module.label_smoothing) * target + smooth)
        divisor, counts = torch.tensor(z.numel() / classes), torch.ones_like(z)
    else:
        hits, counts = class_hits(target, z, module.ignore_index)
        own = (hits * weight).sum(dim, keepdim=True)  # w_y, and 0 where ignored
        wanted = (1 - module.label_smoothing) * own * hits + smooth * weight * counts
        divisor = own.sum()
    slope = z.softmax(dim) * wanted.sum(dim, keepdim=True) - wanted
    return Gradients((_spread(module, slope, grad, divisor.to(z), counts), None))


def nll(module: nn.NLLLoss, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return x.g[y] = −w_y · loss.g / n, 0 elsewhere; n = Σ w_y, ignored rows count nothing."""
    (x, target), (grad,) = inputs, grads
    hits, counts = class_hits(target, x, module.ignore_index)
    chosen = hits * by_class(module.weight, x)
    return Gradients((_spread(module, -chosen, grad, chosen.sum(), counts), None))


def bce(module: nn.BCELoss, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return p.g = w·(p − t) / (p(1 − p)) · loss.g / n.

    torch keeps p(1 − p) above 1e-12, which it holds as a float32.
    """
    (p, target), (grad,) = inputs, grads
    slope = (p - target) / (p * (1 - p)).clamp(min=_LEAST)
    return Gradients((reduce_back(module, _weigh(module, slope), grad, p), None))


def bce_with_logits(
    module: nn.BCEWithLogitsLoss, inputs: Tensors, outputs: Tensors, grads: Tensors
) -> Gradients:
    """Return z.g = w·((1 − t) − (1 − t + pos·t)·σ(−z)) · loss.g / n; for pos = 1 it is σ(z) − t."""
    (z, target), (grad,) = inputs, grads
    positive = 1.0 if module.pos_weight is None else module.pos_weight
    slope = (1 - target) - (1 - target + positive * target) * (-z).sigmoid()
    return Gradients((reduce_back(module, _weigh(module, slope), grad, z), None))


def class_dim(z: Tensor) -> int:
    """Return along which dimension the classes of an output lie."""
    return 0 if z.ndim == 1 else 1


def by_class(weight: Tensor | None, z: Tensor) -> Tensor:
    """Return the class weights such that they broadcast over z; ones if there are none."""
    dim = class_dim(z)
    found = torch.ones(z.shape[dim]).to(z) if weight is None else weight
    return found.reshape([-1 if at == dim else 1 for at in range(z.ndim)])


def class_hits(target: Tensor, z: Tensor, ignored: int) -> tuple[Tensor, Tensor]:
    """Return [c = y] in the shape of z, and [row counts] with one element for all classes."""
    dim = class_dim(z)
    counts = target != ignored
    classes = functional.one_hot(target.where(counts, 0), z.shape[dim]).movedim(-1, dim)
    return (classes * counts.unsqueeze(dim)).to(z), counts.unsqueeze(dim).to(z)


def _spread(
    module: nn.CrossEntropyLoss | nn.NLLLoss,
    slope: Tensor,
    grad: Tensor,
    divisor: Tensor,
    counts: Tensor,
) -> Tensor:
    """Return slope · loss.g, where a loss that is not reduced has one element per row."""
    if module.reduction == "none":
        return slope * grad.unsqueeze(class_dim(slope))
    if module.reduction == "sum":
        return slope * grad
    return (slope * grad / divisor).where(counts != 0, 0)  # ignored rows, even where n = 0


def _weigh(module: nn.BCELoss | nn.BCEWithLogitsLoss, slope: Tensor) -> Tensor:
    return slope if module.weight is None else slope * module.weight


RULES: Rules = {
    nn.CrossEntropyLoss: BackwardRule(
        "CrossEntropyLoss", "z.g = (softmax(z)·Σq − q)/n", cross_entropy
    ),
    nn.NLLLoss: BackwardRule("NLLLoss", "x.g[y] = −w_y/n", nll),
    nn.BCELoss: BackwardRule("BCELoss", "p.g = w(p − t)/(p(1 − p))/n", bce),
    nn.BCEWithLogitsLoss: BackwardRule(
        "BCEWithLogitsLoss", "z.g = w((1 − t)·σ(z) − pos·t·(1 − σ(z)))/n", bce_with_logits
    ),
}
