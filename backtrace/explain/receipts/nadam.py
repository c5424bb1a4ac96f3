"""NAdam: Adam that looks one step of momentum ahead."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.explain.receipts.adam_moments import betas_of, second_moment, split_moments
from backtrace.explain.receipts.arithmetic import Arithmetic, Before

_WHERE = (
    "D = √(v′ / (1 − β2ᵗ)) + eps; at step t = {count} NAdam's momentum schedule gives "
    "a = {direct:.6g} for the gradient and c = {ahead:.6g} for the momentum"
)


def explain_nadam(before: Before) -> Arithmetic:
    """Return the terms of one NAdam step.

    With g = grad + weight_decay·value (coupled), μₜ = β1·(1 − 0.96^(t·momentum_decay) / 2):
        a = (1 − μₜ) / (1 − μ₁…μₜ),  c = μₜ₊₁ / (1 − μ₁…μₜ₊₁)
        change = −lr·(a·g + c·m′) / D,  m′ = β1·m + (1 − β1)·g,  D = √(v′ / (1 − β2ᵗ)) + eps

    Source: Dozat, "Incorporating Nesterov Momentum into Adam", 2016, with the schedule of
    torch.optim.NAdam.
    """
    beta1, beta2 = betas_of(before)
    mu, following = _momentum(before, before.count), _momentum(before, before.count + 1)
    product = _product(before, mu)
    direct = (1 - mu) / (1 - product)
    ahead = following / (1 - product * following)
    divisor = (second_moment(before) / (1 - beta2**before.count)).sqrt() + before.options["eps"]
    terms = split_moments(
        before,
        divisor,
        fresh=direct + ahead * (1 - beta1),
        old=ahead * beta1,
        texts=("(a + c·(1 − β1))·", "c·β1·"),
    )
    where = _WHERE.format(count=before.count, direct=direct, ahead=ahead)
    return Arithmetic(terms, where, divisor)


def _momentum(before: Before, count: int) -> float:
    beta1, _ = betas_of(before)
    faded: float = 0.96 ** (count * float(before.options["momentum_decay"]))
    return beta1 * (1 - 0.5 * faded)


def _product(before: Before, mu: float) -> float:
    """Return μ₁…μₜ, rounded to what the optimizer keeps it in: float32, unless told otherwise."""
    product = before.state.get("mu_product")
    if isinstance(product, Tensor):
        return float(product * mu)
    is_double = torch.get_default_dtype() == torch.float64
    return float(torch.tensor(mu, dtype=torch.float64 if is_double else torch.float32))
