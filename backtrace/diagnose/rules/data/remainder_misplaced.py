"""A remainder is taken of a part of a sum: what is to come every so many steps never comes.

## What it sees
In the source of a file that calls a model: a comparison of `a + b % n` with zero, where `a` is a
variable. `%` binds before `+`, so that the remainder is that of `b` alone.

## Why it matters
What counts from zero on is zero but once: the sum is zero at the start, if at all. A rate that is
to fall every so many steps stays, gradients that are to be stepped with every four batches pile up,
or nothing is evaluated; and no error is raised.

## Example
    if epoch * len(loader) + step + 1 % every == 0:
        optimizer.step()

## Instead
    if (epoch * len(loader) + step + 1) % every == 0:
        optimizer.step()

## When it is intended
Never, as far as is known.

## Source
github.com/Ugness/PiCANet-Implementation, issue 28; Python's documentation, operator precedence.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such comparison."""
    for slip in run.of(SlipSeen):
        if slip.kind == "remainder":
            yield RULE.found(
                f"{slip.name} == 0 takes the remainder of the last part alone: it holds at the "
                "start, if at all, and not every so many steps",
                f"put the sum in brackets: {slip.beside} == 0",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT577", "remainder-misplaced", "warning", check, __doc__, needs=(FACTS,))
