"""Means are added up and counted, and the sum is told: the count is never read.

## What it sees
In the source of a file that calls a model, two lines that stand together, `self.score += x.mean()`
and `self.count += 1`, of which nothing reads the second, and the first is returned, printed or
logged and never divided. What is added takes a mean, or is a measure of one batch by its name.

## Why it matters
What is called a mean grows with the number of batches: a share is above 1, and runs with loaders of
different lengths cannot be compared. Early stopping and schedulers with absolute thresholds take it
as it is.

## Example
    def update(self, said, wanted):
        self.score += iou(said, wanted).mean()
        self.count += 1

    def compute(self):
        return self.score

## Instead
    def compute(self):
        return self.score / self.count

## When it is intended
The sum is wanted: then the count can go.

## Source
github.com/Lightning-AI/torchmetrics, issue 2558: a mean IoU of 56.
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
        if event.kind == "undivided":
            yield RULE.found(
                f"{event.name} adds up means, and {event.beside}, which counts them, is never "
                "read: the sum is told for the mean",
                f"divide it: {event.name} / {event.beside}",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT542", "sum-for-mean", "warning", check, __doc__, needs=(FACTS,))
