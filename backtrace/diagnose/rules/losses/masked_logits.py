"""A mask multiplies logits before a softmax or a sigmoid: what it is to leave out is counted.

## What it sees
In the source of a file that calls a model: a product with a mask of zeros and ones, of which a
softmax is taken as it is; or that a Dice loss or another of overlaps takes a sigmoid of, in its own
lines, in those of its base, or since it was made with `sigmoid=True`. Behind it the mask is read no
more, but for a target.

## Why it matters
A logit of zero is no small one. Its sigmoid is 0.5, and a softmax gives it more than every logit
below zero: padding takes part in the mean, an action that is not allowed is taken, and each place
that is left out counts as half a hit in a Dice's denominator.

## Example
    scores = scores * mask
    weights = torch.softmax(scores, dim=1)

## Instead
    scores = scores.masked_fill(mask == 0, float("-inf"))
    weights = torch.softmax(scores, dim=1)

## When it is intended
Where a mask weighs logits by numbers between 0 and 1, as one that is drawn or learned: nothing is
said of one that the lines above compute so. Then call it a weight.

## Source
github.com/Project-MONAI/MONAI, issue 8655.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such product."""
    for event in run.of(SlipSeen):
        if event.kind == "masked-logits":
            yield RULE.found(
                f"{event.name} is multiplied by {event.beside} before a sigmoid or a softmax: what "
                "is left out has a logit of 0, which is 0.5 or a weight like others",
                f"fill what {event.beside} leaves out with -inf before a softmax; before a "
                f"sigmoid, multiply what comes out of it by {event.beside}",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT614", "masked-logits", "warning", check, __doc__, needs=(FACTS,))
