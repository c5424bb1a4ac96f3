"""Adam: both moments with bias correction, AMSGrad, and coupled or decoupled decay."""

from __future__ import annotations

import torch

from backtrace.explain.receipts.adam_moments import betas_of, second_moment, split_moments
from backtrace.explain.receipts.arithmetic import Arithmetic, Before


def explain_adam(before: Before) -> Arithmetic:
    """Return the terms of one Adam step.

    With g = grad + weight_decay·value (coupled), t the number of the step:
        m′ = β1·m + (1 − β1)·g,  v′ = β2·v + (1 − β2)·g²  (AMSGrad: the largest v′ so far)
        change = −lr·m′ / D,  D = (1 − β1ᵗ)·(√(v′ / (1 − β2ᵗ)) + eps)

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1;
    Reddi, Kale and Kumar, "On the Convergence of Adam and Beyond", 2018. As in
    torch.optim.Adam, AMSGrad takes the largest v′ before the bias correction.
    """
    beta1, beta2 = betas_of(before)
    square = second_moment(before)
    if before.options.get("amsgrad"):
        square = torch.maximum(before.kept("max_exp_avg_sq"), square)
    corrected = (square / (1 - beta2**before.count)).sqrt() + before.options["eps"]
    divisor = (1 - beta1**before.count) * corrected
    terms = split_moments(
        before,
        divisor,
        fresh=1 - beta1,
        old=beta1,
        texts=("(1 − β1)·", "β1·"),
    )
    largest = ", the largest v′ so far" if before.options.get("amsgrad") else ""
    return Arithmetic(terms, f"D = (1 − β1ᵗ)·(√(v′ / (1 − β2ᵗ)) + eps){largest}", divisor)
