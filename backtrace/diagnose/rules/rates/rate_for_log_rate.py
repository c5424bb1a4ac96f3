"""A Poisson likelihood takes the logarithm of a rate, and is given the rate itself.

## What it sees
A `poisson_nll_loss` with `log_input=True`, as by default, whose input was made by an operation
that gives no numbers below zero: softplus, exp, relu, abs or a sigmoid.

## Why it matters
The function raises e to the power of what it is given. The loss is least where the output is the
logarithm of the rate, so that what the model learns is that: read as a rate it is far too small,
and no rate below one can be learned at all.

## Example
    rate = F.softplus(model(x))
    loss = nn.PoissonNLLLoss()(rate, counts)

## Instead
    loss = nn.PoissonNLLLoss(log_input=False)(rate, counts)

## When it is intended
Where the logarithm of the rate cannot be negative, as no rate is below one: rare.

## Source
torch.nn.PoissonNLLLoss, PyTorch documentation: `log_input`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_NEVER_NEGATIVE = ("SoftplusBack", "ExpBack", "ReluBack", "AbsBack", "SigmoidBack")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls it on what cannot be below zero."""
    for (where, _), calls in trained_losses(run).items():
        wrong = [x for x in calls if x.log_input and x.input_from.startswith(_NEVER_NEGATIVE)]
        if wrong:
            made = wrong[0].input_from.partition("Back")[0].lower()
            yield RULE.found(
                "poisson_nll_loss takes the logarithm of the rate, and was given what "
                f"{made} made, which is never below zero: a rate",
                f"pass log_input=False, or give it the output before {made}",
                run.update_at(wrong[0]),
                where,
                input_made_by=wrong[0].input_from,
                calls=len(wrong),
            )


RULE = Rule("BT454", "rate-for-log-rate", "warning", check, __doc__, needs=(FACTS,))
