"""RMSprop: the gradient over its root mean square, centered or not, with momentum."""

from __future__ import annotations

from dataclasses import replace

import torch

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm
from backtrace.explain.receipts.decay import decayed_slope, explain_coupled_decay


def explain_rmsprop(before: Before) -> Arithmetic:
    """Return the terms of one RMSprop step.

    With g = grad + weight_decay·value:
        s′ = alpha·s + (1 − alpha)·g²,  a′ = alpha·a + (1 − alpha)·g
        D = √s′ + eps, or √(s′ − a′²) + eps when centered
        b′ = momentum·b + g / D,  change = −lr·b′

    Source: Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012; centered: Graves,
    "Generating Sequences With Recurrent Neural Networks", 2013; eps outside of the root as in
    torch.optim.RMSprop. The root magnifies rounding where s′ and a′² nearly cancel.
    """
    lr, options = before.lr, before.options
    alpha, momentum = float(options["alpha"]), float(options.get("momentum") or 0.0)
    slope = decayed_slope(before)
    square = alpha * before.kept("square_avg") + (1 - alpha) * slope.square()
    spread, magnified = square, torch.ones_like(square)
    if options.get("centered"):
        average = alpha * before.kept("grad_avg") + (1 - alpha) * slope
        spread = square - average.square()
        magnified = 1 + square / spread.abs()
    divisor = spread.sqrt() + options["eps"]
    change = -lr * before.slope / divisor
    terms = {"gradient": ChangeTerm(f"{before.sign}lr·grad / D", change, lr, magnified)}
    if momentum:
        old = before.kept("momentum_buffer")
        terms["momentum"] = ChangeTerm("−lr·momentum·b", -lr * momentum * old, lr)
    for name, term in explain_coupled_decay(before, 1 / divisor, "−lr·decay / D").items():
        terms[name] = replace(term, magnified=magnified)
    inside = "s′ − a′²" if options.get("centered") else "s′"
    return Arithmetic(terms, f"D = √({inside}) + eps", divisor)
