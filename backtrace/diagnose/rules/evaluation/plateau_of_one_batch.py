"""A plateau scheduler is given the loss of the last batch, and not that of the epoch.

## What it sees
`ReduceLROnPlateau` that cut the rate, and that at each of its calls, four or more, but perhaps the
first, was given the loss of the backward just before, which was one of several since its last call.

## Why it matters
One batch's loss rises and falls by chance. A mere draw counts as an improvement that no later one
reaches, and the rate is cut while the model learns.

## Example
    for x, y in loader:
        loss = loss_fn(model(x), y)
        ...
    scheduler.step(loss.item())

## Instead
    scheduler.step(validate(model))  # or the mean of the epoch's losses

## When it is intended
Where one batch is all the data there is, each call follows one backward: that is left alone.

## Source
github.com/OlgaChernytska/2D-Hand-Pose-Estimation-RGB, issue 2;
torch.optim.lr_scheduler.ReduceLROnPlateau, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_ENOUGH = 4


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the plateau schedulers that were given nothing else."""
    if run.census is None:
        return
    rates = run.census.rates
    for schedule in rates.schedules:
        # Before its first call of all, backwards may have gone to something else.
        calls = len(schedule.metrics)
        if schedule.cuts and schedule.of_one_batch >= max(_ENOUGH, calls - 1):
            yield RULE.found(
                f"{schedule.type} of {schedule.optimizer} is given the loss of the last batch, one "
                f"of up to {schedule.batches} since its call before: it cuts the rate by chance",
                f"give {schedule.type} the mean loss of the epoch, or the loss of the validation",
                min(_ENOUGH * schedule.batches, rates.steps_of(schedule.optimizer)),
                schedule.where,
                (),
                schedule.optimizer,
                calls=calls,
                cuts=schedule.cuts,
            )


RULE = Rule("BT478", "plateau-of-one-batch", "warning", check, __doc__, needs=(CENSUS,))
