"""AdamW: Adam whose weight decay is taken from the value, and never meets the moments."""

from __future__ import annotations

from dataclasses import replace

from backtrace.explain.receipts.adam import explain_adam
from backtrace.explain.receipts.arithmetic import Arithmetic, Before


def explain_adamw(before: Before) -> Arithmetic:
    """Return the terms of one AdamW step: Adam's without decay, and −lr·weight_decay·value.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2,
    with the schedule inside lr as in torch.optim.AdamW.
    """
    options = {**before.options, "decoupled_weight_decay": True}  # older torch does not say so
    return explain_adam(replace(before, options=options))
