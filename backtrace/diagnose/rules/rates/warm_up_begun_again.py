"""The learning rate climbs, falls back to where it began in one step, and climbs again.

## What it sees
A rate that rises over at least four steps and is then, from one step to the next, its first again:
three times or more.

## Why it matters
A warm-up that counts the batches of an epoch begins again with every epoch. The rate never comes
to its peak, and each epoch starts at next to nothing.

## Example
    for epoch in range(epochs):
        for step, (x, y) in enumerate(loader):
            set_rate(optimizer, peak * step / warm_up)

## Instead
    for epoch in range(epochs):
        for step, (x, y) in enumerate(loader):
            set_rate(optimizer, peak * min(1, (epoch * len(loader) + step) / warm_up))

## When it is intended
Schedules that come back, such as CyclicLR, go down as they came up, by degrees; warm restarts jump
up and go down. Neither is meant here.

## Source
github.com/Vision-CAIR/MiniGPT-4, pull request 263: the warm-up counts the steps of an epoch.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_ENOUGH = 3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give one finding for each optimizer whose rate is a saw's teeth."""
    told: set[str] = set()
    for rate in run.census.rates.groups if run.census is not None else ():
        if rate.falls < _ENOUGH or rate.optimizer in told:
            continue
        told.add(rate.optimizer)
        yield RULE.found(
            f"the learning rate of {rate.optimizer} climbed from {rate.first:.4g} and was there "
            f"again at one step {rate.falls} times in {rate.steps} steps",
            "count the warm-up's steps over the whole run: epoch * len(loader) + step",
            rate.fell_at,
            rate.where,
            (),
            rate.optimizer,
            first_rate=rate.first,
            highest_rate=rate.high,
            falls=rate.falls,
        )


RULE = Rule("BT518", "warm-up-begun-again", "warning", check, __doc__, needs=(CENSUS,))
