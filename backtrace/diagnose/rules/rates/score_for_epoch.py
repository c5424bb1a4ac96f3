"""A scheduler is stepped with a loss or a score, which it takes for the number of the epoch.

## What it sees
In the source, `scheduler.step(val_loss)`, or the like with a score, where all that the file gives
the variable are schedulers that count epochs, such as `StepLR`, and it has no `ReduceLROnPlateau`.

## Why it matters
Only `ReduceLROnPlateau` looks at how well it goes. The others take the number for the epoch that it
is: a loss of 0.4 is the beginning of epoch 0, in every epoch, and the rate never moves.

## Example
    scheduler = StepLR(optimizer, step_size=10)
    scheduler.step(val_loss)

## Instead
    scheduler.step()

## When it is intended
Never.

## Source
github.com/pytorch/pytorch, issue 2849; torch.optim, PyTorch documentation: how to adjust the rate.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each of them."""
    for slip in run.of(SlipSeen):
        if slip.kind == "score-for-epoch":
            yield RULE.found(
                f"{slip.beside} takes {slip.name} for the number of the epoch",
                "step it without an argument, or use ReduceLROnPlateau",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT497", "score-for-epoch", "warning", check, __doc__, needs=(FACTS,))
