"""Rprop: the gradient's sign times a step size that every element keeps for itself."""

from __future__ import annotations

import torch

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm


def explain_rprop(before: Before) -> Arithmetic:
    """Return the terms of one Rprop step.

    Each element has a step size d, lr at first:
        d′ = d·η⁺ where grad keeps its sign, d·η⁻ where it turned, d else; within step_sizes
        change = −sign(grad)·d′, and 0 where grad turned
    The terms are the step size as it was, and what this step made of it.

    Source: Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning:
    the RPROP algorithm", 1993; without its step back, as in torch.optim.Rprop.
    """
    shrink, grow = (float(eta) for eta in before.options["etas"])
    least, most = (float(size) for size in before.options["step_sizes"])
    size = before.kept("step_size") if before.state else torch.full_like(before.value, before.lr)
    slope = before.slope
    # A product too small for the parameter's own dtype has no sign there.
    product = slope.to(before.dtype) * before.kept("prev").to(before.dtype)
    turned = product.double().sign()
    factor = torch.ones_like(slope).where(turned <= 0, grow).where(turned >= 0, shrink)
    adapted = (size * factor).clamp(least, most)
    direction = torch.where(turned < 0, 0.0, slope.sign())
    return Arithmetic(
        {
            "sign": ChangeTerm(f"{before.sign}sign(grad)·d", -direction * size, None),
            "adaptation": ChangeTerm(
                f"{before.sign}sign(grad)·(d′ − d)", -direction * (adapted - size), None
            ),
        },
        "d is each element's own step size, d′ what this step made of it; sign(grad) is 0 where it "
        "turned",
    )
