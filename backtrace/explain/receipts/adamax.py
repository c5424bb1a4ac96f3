"""Adamax: Adam with the largest gradient in place of the second moment."""

from __future__ import annotations

import torch

from backtrace.explain.receipts.adam_moments import betas_of, split_moments
from backtrace.explain.receipts.arithmetic import Arithmetic, Before
from backtrace.explain.receipts.decay import decayed_slope


def explain_adamax(before: Before) -> Arithmetic:
    """Return the terms of one Adamax step.

    With g = grad + weight_decay·value:
        m′ = β1·m + (1 − β1)·g,  u′ = max(β2·u, |g| + eps)
        change = −lr·m′ / D,  D = (1 − β1ᵗ)·u′

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 2;
    eps is added to |g| as in torch.optim.Adamax.
    """
    beta1, beta2 = betas_of(before)
    size = decayed_slope(before).abs() + before.options["eps"]
    largest = torch.maximum(beta2 * before.kept("exp_inf"), size)
    divisor = (1 - beta1**before.count) * largest
    terms = split_moments(
        before,
        divisor,
        fresh=1 - beta1,
        old=beta1,
        texts=("(1 − β1)·", "β1·"),
    )
    return Arithmetic(terms, "D = (1 − β1ᵗ)·max(β2·u, |g| + eps)", divisor)
