"""A schedule begins after the first epoch, which is trained at the optimizer's own, higher rate.

## What it sees
In the source, a schedule of ignite's (`create_lr_scheduler_with_warmup`, PiecewiseLinear,
LinearCyclicalScheduler, CosineAnnealingScheduler) that is attached to `Events.EPOCH_COMPLETED`; in
a run in which the first rate held for several steps, the one after it is at most half of it, and
the rate does not go on to fall.

## Why it matters
These schedules set a rate when they are called, and not when they are made, as torch's do. Called
at the end of an epoch, they leave the first one to the rate that the optimizer was made with. Of a
warm-up that is the highest of all: weights that are still random are moved by the steps that the
warm-up was to spare them, and may be infinite before it begins.

## Example
    warm_up = create_lr_scheduler_with_warmup(scheduler, 1e-5, warmup_duration=5)
    trainer.add_event_handler(Events.EPOCH_COMPLETED, warm_up)

## Instead
    trainer.add_event_handler(Events.EPOCH_STARTED, warm_up)

Or `Events.ITERATION_STARTED`, with a duration that counts batches.

## When it is intended
Where the first epoch is to be trained at another rate.

## Source
github.com/pytorch/ignite, issues 2441 and 2462.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_LESS = 0.5
_ENOUGH = 2  # steps


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each schedule that came after the first epoch, and lowered the rate."""
    if run.census is None:
        return
    slips = [each for each in run.census.slips if each.kind == "late-warm-up"]
    groups = [
        each
        for each in run.census.rates.groups
        if each.held >= _ENOUGH and each.second <= _LESS * each.first and not each.sank
    ]
    if not slips or not groups:
        return
    group = groups[0]
    yield RULE.found(
        f"{slips[0].name} is attached to EPOCH_COMPLETED: the first {group.held} updates ran at "
        f"{group.first:.3g}, the optimizer's own rate, before it set its first one, "
        f"{group.second:.3g}",
        "attach it to Events.EPOCH_STARTED, or to Events.ITERATION_STARTED with a duration in "
        "batches",
        1,
        slips[0].where,
        optimizer=group.optimizer,
        rate_of_the_first_updates=group.first,
        first_rate_of_the_schedule=group.second,
        updates=group.held,
    )


RULE = Rule("BT591", "warm-up-too-late", "warning", check, __doc__, needs=(FACTS, CENSUS))
