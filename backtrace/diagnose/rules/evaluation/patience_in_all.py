"""Epochs without progress are counted in all, and not in a row: nothing sets the count back.

## What it sees
In the source, an `if` of which one branch keeps a score as the best one and the other adds one to a
count that is asked for its patience. Nothing gives the count a value anew: neither that branch nor
any other statement of the loop, or of the object that keeps it.

## Why it matters
Patience is meant for epochs in a row. A validation score that gets better most of the time still
has its bad epochs, and after as many of them as the patience the training ends, or the rate falls,
in the midst of its progress.

## Example
    if val_loss < best:
        best = val_loss
    else:
        waited += 1
        if waited >= patience:
            break

## Instead
    if val_loss < best:
        best = val_loss
        waited = 0
    else:
        waited += 1

## When it is intended
Where a number of bad epochs in all is to end the training; call it that.

## Source
github.com/royerlab/cytoself, issue 29.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such count."""
    for event in run.of(SlipSeen):
        if event.kind == "patience-count":
            yield RULE.found(
                f"{event.name} counts every epoch without progress, and is never set back: its "
                "patience is used up by bad epochs that do not follow each other",
                f"set {event.name} back to 0 where a score is better",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT585", "patience-in-all", "warning", check, __doc__, needs=(FACTS,))
