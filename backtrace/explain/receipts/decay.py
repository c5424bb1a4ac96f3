"""Weight decay, the same in every optimizer: added to the gradient, or taken from the value."""

from __future__ import annotations

from torch import Tensor

from backtrace.explain.receipts.arithmetic import Before, ChangeTerm


def is_decoupled(before: Before) -> bool:
    """Whether decay bypasses the gradient, as AdamW's does."""
    return bool(before.options.get("decoupled_weight_decay"))


def decayed_slope(before: Before) -> Tensor:
    """Return the gradient as the optimizer goes on with it: coupled decay is part of it."""
    if before.weight_decay == 0 or is_decoupled(before):
        return before.slope
    return before.slope + before.weight_decay * before.value


def explain_decoupled_decay(before: Before) -> dict[str, ChangeTerm]:
    """Return decay that shrinks the value itself; empty when there is none.

    Formula: −lr·weight_decay·value. Source: Loshchilov and Hutter, "Decoupled Weight Decay
    Regularization", 2019, as torch has it: not scaled by the schedule, but by lr.
    """
    rate, decay = before.lr, before.weight_decay
    if decay == 0:
        return {}
    return {"decay": ChangeTerm("−lr·weight_decay·value", -rate * decay * before.value, rate)}


def explain_coupled_decay(before: Before, gain: Tensor | float, text: str) -> dict[str, ChangeTerm]:
    """Return decay that goes the gradient's way; empty when there is none.

    Args:
        before: what the step finds.
        gain: what the new gradient is multiplied by in the change, without the learning rate.
        text: the formula, with `decay` standing for weight_decay·value.
    """
    rate, decay = before.lr, before.weight_decay
    if decay == 0:
        return {}
    formula = text.replace("decay", "weight_decay·value")
    return {"decay": ChangeTerm(formula, -rate * gain * decay * before.value, rate)}
