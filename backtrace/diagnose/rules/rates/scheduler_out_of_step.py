"""A scheduler is stepped again and again without a step of its optimizer.

## What it sees
Over the whole run, at least eight steps of a scheduler, and either not one step of the optimizer
that it was made for, while another optimizer is stepped, or about k of the scheduler's, with k at
least 2, for each of the optimizer's. Or two
schedulers of one kind that step one optimizer equally often, at least three times, while another
optimizer that steps has none. Or one scheduler that two lines step each time, one right after the
other: of these, a framework's may be one.

## Why it matters
The rate of an optimizer that does not step may fall as it will: the one that trains keeps its own.
A scheduler that steps k times too often is through after a k-th of the run. Lightning steps those
that `configure_optimizers` returns: a line of one's own that does so steps them once more.

## Example
    scheduler = ExponentialLR(optimizer, 0.99)
    optimizer = Adam(model.parameters(), lr=1e-3)  # another one: the scheduler has the old

## Instead
    optimizer = Adam(model.parameters(), lr=1e-3)
    scheduler = ExponentialLR(optimizer, 0.99)

Under gradient accumulation `scheduler.step()` stands beside `optimizer.step()`, not beside
`backward()`.

## When it is intended
Of a schedule that is to be drawn alone, no optimizer steps at all, and nothing is said. On several
ranks Accelerate steps a scheduler once for each of them, so that k for each is not looked at there.

## Source
torch.optim.lr_scheduler, "How to adjust learning rate", PyTorch documentation;
"Gradient accumulation and lr scheduler", discuss.huggingface.co.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.rates import RateAccount, Schedule
from backtrace.diagnose.framework_lines import has_framework_train
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import GradsReduced
from backtrace.ledger.facts import ProxySeen
from backtrace.ledger.rank_facts import ReplicasRead

_ENOUGH = 8
_FEW = 3
_TWICE = 2  # turns in which two lines stepped a scheduler
_OFTEN = 1.9  # a run that ends within a window has not quite twice as many


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the schedulers whose steps do not go with those of their optimizer."""
    if run.census is None:
        return
    rates = run.census.rates
    # Accelerate steps a scheduler once for every rank, whether or not it was given the model.
    is_prepared = any(each.type == "AcceleratedOptimizer" for each in run.of(ProxySeen))
    is_shared = any(run.of(GradsReduced)) or (is_prepared and any(run.of(ReplicasRead)))
    for schedule in rates.schedules:
        own = rates.steps_of(schedule.optimizer)
        others = [name for name, steps in rates.steps.items() if steps >= _FEW]
        if schedule.again >= _TWICE and 2 * schedule.again == schedule.moves and not schedule.mode:
            yield _found_again(run, schedule, own)
            continue
        if schedule.moves < _ENOUGH or not others:
            continue
        if not own:
            what = f"{schedule.type} was stepped {schedule.moves} times for {schedule.optimizer}, "
            what += f"which never steps: {others[0]} does"
            fix = f"make the scheduler with {others[0]}, after that optimizer is made"
            yield _found(schedule, what, fix, own, schedule.made)
        elif own >= _FEW and schedule.moves >= _OFTEN * own and not is_shared:
            often = round(schedule.moves / own)
            what = f"{schedule.type} was stepped {schedule.moves} times in {own} steps of "
            what += f"{schedule.optimizer}: {often} for each"
            fix = "call the scheduler's step() once after each step of the optimizer"
            yield _found(schedule, what, fix, own)
    yield from _doubled(rates)


def _doubled(rates: RateAccount) -> Iterator[Judgement]:
    """Give two schedulers of one kind on one optimizer, where another that steps has none."""
    served = {schedule.optimizer for schedule in rates.schedules}
    bare = [name for name, steps in rates.steps.items() if steps >= _FEW and name not in served]
    for place, schedule in enumerate(rates.schedules):
        twins = [
            other
            for other in rates.schedules[:place]
            if (other.optimizer, other.type, other.moves)
            == (schedule.optimizer, schedule.type, schedule.moves)
        ]
        if twins and bare and schedule.moves >= _FEW:
            what = f"two {schedule.type} move the rate of {schedule.optimizer}, and none moves "
            what += f"that of {bare[0]}"
            fix = f"make one of them with {bare[0]}"
            own = rates.steps_of(schedule.optimizer)
            yield _found(schedule, what, fix, own, schedule.made)


def _found_again(run: Stretch, schedule: Schedule, own: int) -> Judgement:
    """Return the finding of two lines, at the one that is no framework's."""
    is_own = not has_framework_train(run, schedule.where)
    lines = (schedule.where, schedule.beside) if schedule.where != schedule.beside else ()
    where, other = lines or (schedule.where, "another line")
    if not is_own and lines:
        where, other = other, where
    if has_framework_train(run, other):
        what = (
            f"{schedule.type} was stepped {schedule.moves} times: by this line, and each time by "
            f"what {other} runs as well"
        )
    else:
        what = (
            f"{schedule.type} was stepped {schedule.moves} times: by this line, and each time by "
            f"{other} as well"
        )
    return _found(schedule, what, "leave out one of the two steps of the scheduler", own, where)


def _found(schedule: Schedule, what: str, fix: str, own: int, where: str = "") -> Judgement:
    """Return the finding, at the line that is to be mended: of the making, or of the step."""
    return RULE.found(
        what,
        fix,
        _FEW,
        where or schedule.where,
        (),
        schedule.optimizer if own else "",
        scheduler_steps=schedule.moves,
        optimizer_steps=own,
    )


RULE = Rule(
    "BT514", "scheduler-out-of-step", "warning", check, __doc__, needs=(CENSUS,), told=("schedule",)
)
