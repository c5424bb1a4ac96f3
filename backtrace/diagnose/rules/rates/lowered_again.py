"""The learning rate is lowered again in every pass in which a counter stands still.

## What it sees
In the source, a loop with `if count % n == 0:` that writes to a rate, steps a scheduler or calls a
function of the file that does, while the loop counts on inside another `if` alone, as where a batch
is full or enough micro-batches were added up. A rate that is computed from the counter is none.

## Why it matters
Once the counter has come to a multiple, each pass until it counts on lowers the rate again. With
six passes for a step the rate falls by the sixth power of what is meant, and soon nothing learns.

## Example
    while step < steps:
        if step % 1000 == 0:
            lower_rate(optimizer)      # again in each of the passes that fill one batch
        full = buffer.add(draw())
        if full:
            update(buffer)
            step += 1

## Instead
        if full:
            update(buffer)
            step += 1
            if step % 1000 == 0:
                lower_rate(optimizer)

## When it is intended
Where the rate is to fall with every pass, and not with the steps.

## Source
github.com/amoudgl/pygoturn, issue 16.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such loop."""
    for slip in run.of(SlipSeen):
        if slip.kind == "still-counter":
            yield RULE.found(
                f"the learning rate is lowered in each pass with {slip.beside}, and {slip.name} "
                "counts on in some passes only",
                f"lower it where {slip.name} counts on, behind the step",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT582", "lowered-again", "warning", check, __doc__, needs=(FACTS,))
