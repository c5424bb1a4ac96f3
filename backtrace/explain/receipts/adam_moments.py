"""The split that Adam and its relatives share: new gradient, memory and decay over one divisor."""

from __future__ import annotations

from torch import Tensor

from backtrace.explain.receipts.arithmetic import Before, ChangeTerm
from backtrace.explain.receipts.decay import (
    decayed_slope,
    explain_coupled_decay,
    explain_decoupled_decay,
    is_decoupled,
)


def betas_of(before: Before) -> tuple[float, float]:
    """Return the decay rates of both moments."""
    first, second = before.options["betas"]
    return float(first), float(second)


def second_moment(before: Before) -> Tensor:
    """Return v′ = β2·v + (1 − β2)·g², where g has coupled decay in it."""
    _, beta2 = betas_of(before)
    return beta2 * before.kept("exp_avg_sq") + (1 - beta2) * decayed_slope(before).square()


def split_moments(
    before: Before, divisor: Tensor, *, fresh: float, old: float, texts: tuple[str, str]
) -> dict[str, ChangeTerm]:
    """Return −lr·(fresh·g + old·m) / divisor in its parts, and decoupled decay.

    Args:
        before: what the step finds; m is its `exp_avg`.
        divisor: what both moments are divided by, of the value's shape.
        fresh: the weight of the new gradient, coupled decay included.
        old: the weight of the first moment as it was.
        texts: the two weights as formulas, each with the dot after it.
    """
    lr, (new_text, old_text) = before.lr, texts
    terms = {
        "gradient": ChangeTerm(
            f"{before.sign}lr·{new_text}grad / D", -lr * fresh * before.slope / divisor, lr
        ),
        "momentum": ChangeTerm(
            f"−lr·{old_text}m / D", -lr * old * before.kept("exp_avg") / divisor, lr
        ),
    }
    if is_decoupled(before):
        return terms | explain_decoupled_decay(before)
    return terms | explain_coupled_decay(before, fresh / divisor, f"−lr·{new_text}decay / D")
