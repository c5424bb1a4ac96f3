"""Muon: momentum made nearly orthogonal by a Newton-Schulz iteration."""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm
from backtrace.explain.receipts.decay import explain_decoupled_decay

_WHERE = (
    "η is lr adjusted to the shape; X = w·grad + u·b with w = {new:.6g}, u = {old:.6g} and b the "
    "momentum buffer; P·X is X made nearly orthogonal: P is what {steps} rounds of Newton-Schulz "
    "multiply X by, in bfloat16"
)


def explain_muon(before: Before) -> Arithmetic:
    """Return the terms of one Muon step.

    With b′ = momentum·b + (1 − momentum)·grad and X = b′ (Nesterov: momentum·b′ +
    (1 − momentum)·grad), change = −η·NS(X) − lr·weight_decay·value. NS starts at X/‖X‖ and
    repeats X ← a·X + (b·G + c·G²)·X with G = X·Xᵀ: a matrix P times X, so that new gradient and
    memory have parts of their own. torch iterates in bfloat16; what this rounding did is a term.

    Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024;
    Liu et al., "Muon is Scalable for LLM Training", 2025, for η by RMS; torch.optim.Muon.
    """
    momentum, nesterov = float(before.options["momentum"]), bool(before.options.get("nesterov"))
    old = momentum * (momentum if nesterov else 1)
    new = 1 - old
    grad, kept = before.grad, before.kept("momentum_buffer")
    polynomial, scale = _polynomial(new * grad + old * kept, before)
    rate = before.lr * _adjustment(before)
    parts = [-rate * scale * _apply(polynomial, part) for part in (new * grad, old * kept)]
    rounded = -rate * _iterate_rounded(before, momentum, nesterov=nesterov)
    terms = {
        "gradient": ChangeTerm("−η·P·w·grad", parts[0], rate),
        "momentum": ChangeTerm("−η·P·u·b", parts[1], rate),
        "rounding": ChangeTerm("+bfloat16's rounding", rounded - parts[0] - parts[1], rate),
    }
    where = _WHERE.format(new=new, old=old, steps=int(before.options["ns_steps"]))
    return Arithmetic(terms | explain_decoupled_decay(before), where)


def _polynomial(target: Tensor, before: Before) -> tuple[Tensor, float]:
    """Return P and 1/‖X‖ of the iteration in float64; P stands left of a wide X, right of a tall.

    Each round multiplies X by a·I + b·G + c·G², so P is the product of these.
    """
    a, b, c = before.options["ns_coefficients"]
    scale = 1 / max(float(target.norm()), float(before.options["eps"]))
    x = scale * (target.T if target.size(0) > target.size(1) else target)
    product = identity = torch.eye(x.size(0), dtype=x.dtype, device=x.device)
    for _ in range(int(before.options["ns_steps"])):
        gram = x @ x.T
        factor = a * identity + b * gram + c * gram @ gram
        x, product = factor @ x, factor @ product
    return product, scale


def _apply(polynomial: Tensor, part: Tensor) -> Tensor:
    return (polynomial @ part.T).T if part.size(0) > part.size(1) else polynomial @ part


def _iterate_rounded(before: Before, momentum: float, *, nesterov: bool) -> Tensor:
    """Return NS(X) as bfloat16 gives it: the same roundings in the same order as the step's."""
    a, b, c = before.options["ns_coefficients"]
    grad = before.grad.to(before.dtype)
    buffer = before.kept("momentum_buffer").to(before.dtype).lerp(grad, 1 - momentum)
    target = grad.lerp(buffer, momentum) if nesterov else buffer
    is_tall = target.size(0) > target.size(1)
    x = target.bfloat16().T if is_tall else target.bfloat16()
    x = x / x.norm().clamp(min=float(before.options["eps"]))
    for _ in range(int(before.options["ns_steps"])):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.T if is_tall else x).double()


def _adjustment(before: Before) -> float:
    rows, columns = before.value.shape
    if before.options.get("adjust_lr_fn") == "match_rms_adamw":
        return 0.2 * sqrt(max(rows, columns))
    return sqrt(max(1.0, rows / columns))
