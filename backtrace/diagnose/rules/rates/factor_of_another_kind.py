"""A scheduler takes the factor of one step for that of all steps, or the other way round.

## What it sees
In the source, a `LambdaLR` whose function gives one number below 1, whatever the epoch; or a
`MultiplicativeLR` whose function gives a power of the epoch, such as `0.9 ** epoch`.

## Why it matters
`LambdaLR` multiplies the first learning rate with the factor, `MultiplicativeLR` the last one. With
`LambdaLR`, 0.95 lowers the rate once and never again. With `MultiplicativeLR`, `0.9 ** epoch` is
multiplied with all the powers before it, and after twenty epochs the rate is a billionth.

## Example
    LambdaLR(optimizer, lambda epoch: 0.95)

## Instead
    MultiplicativeLR(optimizer, lambda epoch: 0.95)

## When it is intended
A rate that is to be a fixed part of the optimizer's own; write it into the optimizer then.

## Source
torch.optim.lr_scheduler.LambdaLR and MultiplicativeLR, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such scheduler."""
    for slip in run.of(SlipSeen):
        if slip.kind == "factor-of-one-step":
            yield RULE.found(
                f"LambdaLR multiplies the first learning rate with {slip.name} in every epoch: "
                "the rate stays the same",
                f"use MultiplicativeLR, or raise {slip.name} to the epoch",
                run.update_at(slip),
                slip.where,
            )
        elif slip.kind == "factor-of-all-steps":
            yield RULE.found(
                f"MultiplicativeLR multiplies the last learning rate with {slip.name}, which "
                "itself is a product over all epochs",
                "use LambdaLR, or give the factor of one epoch",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT496", "factor-of-another-kind", "warning", check, __doc__, needs=(FACTS,))
