"""A table of positions is indexed by a length: every place is given one and the same row of it.

## What it sees
In the source: a sum of a tensor and one row of a table of positions whose number is a length of
that tensor, `x + self.pe[:, x.size(1)]`, where a slice up to it is meant. The length may have a
name of its own, and the tensor be made of the one that it is of, place by place.

## Why it matters
Which place a thing has is not said: attention reads a bag of words. What is said is how long the
sequence is, and where all are equally long, nothing.

## Example
    x = x + self.pe[:, x.size(1)]

## Instead
    x = x + self.pe[:, : x.size(1)]

## When it is intended
A row for the length, of all of a sequence, has no place in a table of positions: give it a table of
another name.

## Source
github.com/DiffPoseTalk/DiffPoseTalk, issue 20;
github.com/labmlai/annotated_deep_learning_paper_implementations, issue 133.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sum."""
    for event in run.of(SlipSeen):
        if event.kind == "position":
            yield RULE.found(
                f"{event.name} is one row of a table of positions, whose number is a length: every "
                "place is given the same",
                f"take the rows up to that length: {event.beside}",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT556", "length-as-position", "warning", check, __doc__, needs=(FACTS,))
