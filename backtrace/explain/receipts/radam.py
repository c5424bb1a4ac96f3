"""RAdam: Adam that waits with its divisor until the second moment can be trusted."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.explain.receipts.adam_moments import betas_of, second_moment, split_moments
from backtrace.explain.receipts.arithmetic import Arithmetic, Before

_RECTIFIED = "D = (1 − β1ᵗ)·(√v′ + eps) / (r·√(1 − β2ᵗ)), r rectifies the variance"
_PLAIN = "D = 1 − β1ᵗ: the second moment is not trusted yet"


def explain_radam(before: Before) -> Arithmetic:
    """Return the terms of one RAdam step.

    With g = grad + weight_decay·value (coupled), m′ and v′ as in Adam:
        ρ∞ = 2 / (1 − β2) − 1,  ρ = ρ∞ − 2·t·β2ᵗ / (1 − β2ᵗ)
        r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ))
        change = −lr·m′ / D, where D = (1 − β1ᵗ)·(√v′ + eps) / (r·√(1 − β2ᵗ)) once ρ > 5,
        and D = 1 − β1ᵗ before.

    Source: Liu, Jiang, He, Chen, Liu, Gao and Han, "On the Variance of the Adaptive Learning
    Rate and Beyond", 2020, algorithm 2; the threshold 5 and the place of eps are torch's.
    """
    beta1, _ = betas_of(before)
    rectified = _divisor(before)
    divisor = torch.ones_like(before.value) if rectified is None else rectified
    divisor = (1 - beta1**before.count) * divisor
    terms = split_moments(
        before,
        divisor,
        fresh=1 - beta1,
        old=beta1,
        texts=("(1 − β1)·", "β1·"),
    )
    return Arithmetic(terms, _PLAIN if rectified is None else _RECTIFIED, divisor)


def _divisor(before: Before) -> Tensor | None:
    _, beta2 = betas_of(before)
    t = before.count
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 5:
        return None
    above = (length - 4) * (length - 2) * longest
    below = (longest - 4) * (longest - 2) * length
    rectifier = (above / below) ** 0.5
    root = second_moment(before).sqrt() + before.options["eps"]
    divisor: Tensor = root / (rectifier * (1 - beta2**t) ** 0.5)
    return divisor
