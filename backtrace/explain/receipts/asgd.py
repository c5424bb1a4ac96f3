"""ASGD: gradient descent with a decay of its own and a learning rate that falls."""

from __future__ import annotations

import torch

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm


def explain_asgd(before: Before) -> Arithmetic:
    """Return the terms of one ASGD step.

    change = −η·grad − η·weight_decay·value − η·lambd·value, where η is lr at first and
    lr / (1 + lambd·lr·t)^alpha after t steps. The average `ax` does not act on the value.

    Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992,
    with the schedule of torch.optim.ASGD.
    """
    is_double = torch.get_default_dtype() == torch.float64
    first = torch.tensor(before.lr, dtype=torch.float64 if is_double else torch.float32)
    rate = float(before.state.get("eta", first))  # kept in float32, unless told otherwise
    terms = {"gradient": ChangeTerm(f"{before.sign}η·grad", -rate * before.slope, rate)}
    for name, option in (("decay", "weight_decay"), ("lambd", "lambd")):
        factor = float(before.options.get(option) or 0.0)
        if factor:
            terms[name] = ChangeTerm(f"−η·{option}·value", -rate * factor * before.value, rate)
    return Arithmetic(terms, "η is lr / (1 + lambd·lr·t)^alpha of the step before")
