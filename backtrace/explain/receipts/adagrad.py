"""Adagrad: the gradient over the root of all squares so far."""

from __future__ import annotations

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm
from backtrace.explain.receipts.decay import decayed_slope, explain_coupled_decay


def explain_adagrad(before: Before) -> Arithmetic:
    """Return the terms of one Adagrad step.

    With g = grad + weight_decay·value:
        s′ = s + g²,  change = −lr·g / D,  D = (1 + (t − 1)·lr_decay)·(√s′ + eps)

    Source: Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and
    Stochastic Optimization", 2011; lr_decay and eps as in torch.optim.Adagrad.
    """
    lr, options = before.lr, before.options
    square = before.kept("sum") + decayed_slope(before).square()
    slowed = 1 + (before.count - 1) * float(options["lr_decay"])
    divisor = slowed * (square.sqrt() + options["eps"])
    terms = {"gradient": ChangeTerm(f"{before.sign}lr·grad / D", -lr * before.slope / divisor, lr)}
    terms |= explain_coupled_decay(before, 1 / divisor, "−lr·decay / D")
    slowing = "(1 + (t − 1)·lr_decay)·" if options["lr_decay"] else ""
    root = f"{slowing}(√(s + g²) + eps)" if slowing else "√(s + g²) + eps"
    where = f"D = {root}, s is the sum of the earlier steps' g²"
    return Arithmetic(terms, where, divisor)
