"""A loss is made a sum of terms, and one of the terms is trained alone.

## What it sees
In the source of a file that calls a model: a sum of losses that nothing reads but to print or log
it, one term of which goes backward behind it, or is returned as the loss. What the sum has beside
that term has no other use.

## Why it matters
The other terms train nothing, while what is logged has them in it: the total falls with the one
term, and a penalty, a divergence or an auxiliary loss looks as if it were at work.

## Example
    loss = reconstruction + 0.1 * auxiliary
    return reconstruction, {"loss": loss.item()}

## Instead
    loss = reconstruction + 0.1 * auxiliary
    return loss, {"loss": loss.item()}

## When it is intended
Where the other terms are to be watched: compute them under `torch.no_grad()`, or detach them.

## Source
github.com/oclivegriffin/crosscode, pull request 3; github.com/open-mmlab/mmaction2, pull request
683: an auxiliary loss is computed, and is in none of what is trained.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each term that is trained in the place of its sum."""
    for event in run.of(SlipSeen):
        if event.kind == "sum-left":
            total, _, lost = event.beside.partition(", ")
            yield RULE.found(
                f"{event.name} is trained alone: {total}, which adds {lost} to it, is told at most",
                f"let {total} go backward in its place",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT555", "part-trained-alone", "warning", check, __doc__, needs=(FACTS,))
