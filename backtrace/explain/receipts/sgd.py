"""SGD: gradient, momentum, Nesterov's look ahead and coupled decay."""

from __future__ import annotations

import torch

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm
from backtrace.explain.receipts.decay import decayed_slope, explain_coupled_decay


def explain_sgd(before: Before) -> Arithmetic:
    """Return the terms of one SGD step.

    With g = grad + weight_decay·value:
        b′ = momentum·b + (1 − dampening)·g   (b′ = g in the first step)
        change = −lr·b′, or −lr·(g + momentum·b′) with Nesterov.
    Nesterov's part is what this adds to plain momentum: −lr·momentum·(b′ − b).

    Source: Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and
    momentum in deep learning", 2013, with lr outside of the buffer as in torch.optim.SGD.
    """
    lr, options = before.lr, before.options
    momentum = float(options.get("momentum") or 0.0)
    buffer = before.state.get("momentum_buffer")
    is_first = momentum == 0 or buffer is None
    fresh = 1.0 if is_first else 1.0 - float(options.get("dampening") or 0.0)
    share = "" if fresh == 1 else "(1 − dampening)·"
    terms = {"gradient": ChangeTerm(f"{before.sign}lr·{share}grad", -lr * fresh * before.slope, lr)}
    if momentum:
        old = torch.zeros_like(before.value) if buffer is None else before.kept("momentum_buffer")
        terms["momentum"] = ChangeTerm("−lr·momentum·b", -lr * momentum * old, lr)
        if options.get("nesterov"):
            ahead = momentum * (0.0 if is_first else old) + fresh * decayed_slope(before) - old
            terms["nesterov"] = ChangeTerm("−lr·momentum·(b′ − b)", -lr * momentum * ahead, lr)
    terms |= explain_coupled_decay(before, fresh, f"−lr·{share}decay")
    where = "b is the momentum buffer" if momentum else ""
    if "nesterov" in terms:
        decay = " + weight_decay·value" if before.weight_decay else ""
        grad = "− grad" if before.options.get("maximize") else "+ grad"
        where += f", b′ = momentum·b {grad}{decay}"
    return Arithmetic(terms, where)
