"""A scheduler moves the rate before the optimizer has stepped at the first one.

## What it sees
A scheduler's step before the first step of its optimizer, on a line that the loop comes to once
before that, where the rate it leaves is not zero.

## Why it matters
The first rate of the schedule is never used, and all the others come one epoch (or one update) too
early. Before PyTorch 1.1 this was the right order; old tutorials still have it.

## Example
    for epoch in range(epochs):
        scheduler.step()
        train_one_epoch(model, optimizer)

## Instead
    for epoch in range(epochs):
        train_one_epoch(model, optimizer)
        scheduler.step()

## When it is intended
A run that is taken up again may call `step` as often as epochs have passed; a warm-up may be
called once to leave zero; a GradScaler may leave the first step of the optimizer out. All silent.

## Source
"How to adjust learning rate", torch.optim, PyTorch documentation ("Prior to PyTorch 1.1.0, the
learning rate scheduler was expected to be called before the optimizer's update").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from backtrace.diagnose.needs import FIRST_STEPS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepSkipped, StepTaken
from backtrace.ledger.facts import SchedulerStepped, StepsPassed


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the schedulers that are a place ahead of their optimizer."""
    stepped: dict[str, int] = {}
    moved: dict[str, list[SchedulerStepped]] = defaultdict(list)
    for event in run.events:
        if isinstance(event, StepTaken | StepSkipped | StepsPassed):
            stepped.setdefault(event.optimizer, event.index)
        elif isinstance(event, SchedulerStepped):
            moved[event.scheduler].append(event)
    for found in moved.values():
        first = stepped.get(found[0].optimizer)
        if first is None:
            continue
        early = [event for event in found if event.index < first]
        again = [event.where for event in found if event.index > first]
        if (
            len(early) == 1
            and any(early[0].before)
            and early[0].after
            and early[0].where in (again or [early[0].where])
        ):
            yield _describe(run, early[0])


def _describe(run: Stretch, event: SchedulerStepped) -> Finding:
    is_unused = max(event.before) != max(event.after)
    harm = f"the rate {max(event.before):g} was never used" if is_unused else "it is a step ahead"
    return RULE.found(
        f"{event.type}.step() came before the first step of {event.optimizer}: {harm}",
        "call step() of the scheduler after that of the optimizer, at the end of the epoch or of "
        "the update",
        run.update_at(event, event.optimizer),
        event.where,
        (),
        event.optimizer,
        rate_before_it=max(event.before),
        rate_of_first_step=max(event.after),
    )


RULE = Rule("BT509", "scheduler-before-optimizer", "warning", check, __doc__, needs=(FIRST_STEPS,))
