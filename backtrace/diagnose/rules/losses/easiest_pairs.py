"""Pairs that are to be the hardest are chosen from the wrong end of their distances.

## What it sees
In the source of a file that calls a model: what is called hard, or a function or class that is,
takes the largest of the distances of negatives, or the least of those of positives. A distance that
is turned round before, or is a product of vectors, is none.

## Why it matters
The hardest negative is the nearest, the hardest positive the farthest. The other way round the loss
is taken of pairs that are right already: it comes close to zero at once, and what is hard to tell
apart is never learned.

## Example
    hardest_negatives = negative_distances.topk(k).indices

## Instead
    hardest_negatives = negative_distances.topk(k, largest=False).indices

## When it is intended
Where a similarity is called a distance.

## Source
github.com/adambielski/siamese-triplet, issue 3; Hermans, Beyer and Leibe, "In Defense of the
Triplet Loss for Person Re-Identification", 2017.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_INSTEAD = {
    "negative": "the hardest negative is the nearest: take the least distances",
    "positive": "the hardest positive is the farthest: take the largest distances",
}
_TOLD = {
    "negative": "the hardest negatives are to be taken, and the largest of {} are: the easiest",
    "positive": "the hardest positives are to be taken, and the least of {} are: the easiest",
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such choice."""
    for slip in run.of(SlipSeen):
        if slip.kind == "easiest-pairs":
            yield RULE.found(
                _TOLD[slip.name].format(slip.beside),
                _INSTEAD[slip.name],
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT499", "easiest-pairs", "warning", check, __doc__, needs=(FACTS,))
