"""Adadelta: the gradient, scaled such that the change has the size of earlier changes."""

from __future__ import annotations

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm
from backtrace.explain.receipts.decay import decayed_slope, explain_coupled_decay


def explain_adadelta(before: Before) -> Arithmetic:
    """Return the terms of one Adadelta step.

    With g = grad + weight_decay·value:
        s′ = rho·s + (1 − rho)·g²,  change = −lr·R·g,  R = √(d + eps) / √(s′ + eps)
    where d is the running mean of squared changes as it was before.

    Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1, times lr as
    in torch.optim.Adadelta.
    """
    lr, rho, eps = before.lr, float(before.options["rho"]), float(before.options["eps"])
    square = rho * before.kept("square_avg") + (1 - rho) * decayed_slope(before).square()
    ratio = (before.kept("acc_delta") + eps).sqrt() / (square + eps).sqrt()
    terms = {"gradient": ChangeTerm(f"{before.sign}lr·R·grad", -lr * ratio * before.slope, lr)}
    terms |= explain_coupled_decay(before, ratio, "−lr·R·decay")
    where = "R = √(d + eps) / √(s′ + eps): earlier changes over gradients"
    return Arithmetic(terms, where, given={"R": ratio})
