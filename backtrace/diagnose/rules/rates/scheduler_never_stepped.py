"""A learning rate scheduler is made and never stepped: the rate stays where it began.

## What it sees
In the source of a file that calls a model: a scheduler of torch's whose variable is read nowhere
in that file, or only to tell how it stands, as by `get_last_lr()`, or that a Lightning module with
`automatic_optimization = False` returns and never asks for by `lr_schedulers()`; and no step of
one that was made there.

## Why it matters
A scheduler moves the rate in its own `step` alone. Without it there is no warm-up and no decay, and
nothing is raised: the run is one at a constant rate, and for a warm-up that rate is the first,
small one.

## Example
    scheduler = StepLR(optimizer, step_size=20, gamma=0.5)
    for epoch in range(100):
        train(model, optimizer)

## Instead
    for epoch in range(100):
        train(model, optimizer)
        scheduler.step()

## When it is intended
A schedule that was turned off for a trial.

## Source
"How to adjust learning rate", torch.optim, PyTorch documentation: a schedule is applied by
`scheduler.step()`; pyg-team/pytorch_geometric, examples/dgcnn_segmentation.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import SchedulerStepped
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each scheduler that nothing could step, and nothing did."""
    stepped = {event.made for event in run.of(SchedulerStepped)}
    for event in run.of(SlipSeen):
        if event.kind == "unstepped" and event.where not in stepped:
            yield RULE.found(
                f"{event.name}, a {event.beside}, is made and never stepped: the learning rate "
                "stays as it was when that was made",
                f"call {event.name}.step() once per epoch after the optimizer's steps, or once per "
                "update where the schedule counts updates",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT525", "scheduler-never-stepped", "warning", check, __doc__, needs=(FACTS,))
