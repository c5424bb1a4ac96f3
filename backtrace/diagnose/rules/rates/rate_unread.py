"""A loop computes a rate or a weight anew, and nothing reads what it computed.

## What it sees
In the source of a file that calls a model, a loop that writes to a variable which is named as a
rate or a weight is (`lr`, `beta`, `kl_weight`, `epsilon` …), by arithmetic, and reads it nowhere
but to compute it again or to print it.

## Why it matters
The schedule is on paper only. An optimizer has a copy of the rate that it was made with; a loss
that was written with the number itself keeps that number.

## Example
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for epoch in range(epochs):
        if epoch == 30:
            lr = lr * 0.1

## Instead
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[30], gamma=0.1)
    for epoch in range(epochs):
        scheduler.step()

## When it is intended
A value that is kept for a plot only.

## Source
"How to adjust learning rate", torch.optim, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import RateUnread


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each rate that a loop computes for nothing."""
    for event in run.of(RateUnread):
        yield RULE.found(
            f"{event.name} is computed anew in each turn and read nowhere in the loop: what it "
            "was before stays in use",
            f"use {event.name} where it is to count, or if it is an optimizer's rate, write it to "
            "group['lr'] of each group in optimizer.param_groups, or take a scheduler",
            run.update_at(event),
            event.where,
        )


RULE = Rule("BT447", "rate-unread", "warning", check, __doc__, needs=(FACTS,))
