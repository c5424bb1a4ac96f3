"""A scheduler's period is counted in epochs and it is stepped per batch, or the other way round.

## What it sees
Within one epoch of a DataLoader, with a step after every batch: a CosineAnnealingLR that is past
its `T_max` and comes up again, after a warm-up in a SequentialLR too; a StepLR, MultiStepLR or
ExponentialLR that has brought the rate down to a thousandth; or a LinearLR, PolynomialLR or
LambdaLR of known length that has, and is through while its epoch goes on. Or, in a run that is
through, a cosine whose `T_max` is the number of its epochs and that moved with every batch; or
steps once per epoch only, of a schedule that is as long as all of the run's batches, or as
those of one epoch, and at least twice its epochs; or steps with every batch, of a schedule that is
as long as all of them, and that is told the number of the epoch each time; or one step for every
`k` micro-batches, of a schedule that is as long as all of these; or one step for every batch, of a
schedule that is as long as the run draws single rows (`steps_per_epoch=len(dataset)`). Or, in the
source, a schedule of ignite's whose length has the `len` of the engine's loader in it, attached to
`Events.EPOCH_STARTED`, or one of `max_epochs`, attached to `Events.ITERATION_STARTED`. A class of
one's own says its length by `max_steps` and the like, the function of a LambdaLR by such a name.

## Why it matters
Stepped per batch, a schedule for 30 epochs is over after 30 batches, and the rest is trained at no
rate or at one that swings. Stepped per epoch, a schedule for 3000 batches never leaves its warm-up.
Told the epoch, `step(epoch)`, it uses as many of its points as the run has epochs, the first ones.
Stepped once for 4 micro-batches, it ends at a quarter of its length, near the highest rate; counted
in rows, a OneCycleLR ends within its warm-up.

## Example
    scheduler = CosineAnnealingLR(optimizer, T_max=epochs)
    for epoch in range(epochs):
        for x, y in loader:
            update(x, y)
            scheduler.step()

## Instead
    scheduler = CosineAnnealingLR(optimizer, T_max=epochs * len(loader))
    for epoch in range(epochs):
        for x, y in loader:
            update(x, y)
            scheduler.step()

## When it is intended
CyclicLR and CosineAnnealingWarmRestarts come back by design, and are not looked at. A rate that
falls to zero over one epoch is one epoch's schedule: the period tells it from a mistake. A run that
was stopped early, at the very epoch to which its micro-batches are as many as the plan's steps.

## Source
torch.optim.lr_scheduler.OneCycleLR, PyTorch documentation ("step should be called after a batch has
been used for training"); "CosineAnnealingLR T_max", discuss.pytorch.org;
github.com/chengtan9907/OpenSTL, issue 113 (a schedule of batches that is told the epoch);
github.com/huggingface/diffusers, issue 4387 (a length that is multiplied by the accumulation);
github.com/Lightning-AI/pytorch-lightning, issue 2643 (the rows of a data set for its batches).
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.rates import RateAccount, Schedule
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.planned_batches import count_planned, count_planned_rows
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.scheduler_counts import SchedulerCount, count_by_scheduler
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import SchedulerStepped
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.source_facts import SlipSeen

_FALLING = ("StepLR", "MultiStepLR", "ExponentialLR")
_ENDING = ("LinearLR", "PolynomialLR", "LambdaLR")
_AS_LONG = (*_ENDING, "CosineAnnealingLR", "OneCycleLR", "SequentialLR")
# Those of torch whose length is as often one epoch's; of others, `max_steps` may be a plan's.
_BY_EPOCH = (*_AS_LONG, *_FALLING, "CosineAnnealingWarmRestarts", "ChainedScheduler", "CyclicLR")
_FALL = 1e-3
_SPENT = 0.2
_SOON = 500  # steps: a fall to a thousandth over more of them may be one long epoch's
_EPOCHS = 2
_ATTACHED = {
    "cycle-of-batches": "{0}, {1} long, is counted in batches, and moves once per epoch",
    "cycle-of-epochs": "{0}, {1} long, is counted in epochs, and moves with every batch",
}
_PER_BATCH = (
    "call step() of the scheduler after each step of the optimizer (in Lightning: "
    "'interval': 'step')"
)


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the schedulers whose period cannot have been meant for how they are stepped."""
    yield from _attached(run)
    yield from _per_micro_batch(run)
    yield from _told_the_epoch(run)
    if not run.is_start:
        yield from _over_a_long_run(run)
        return
    batches = next((e.batches for e in run.of(BatchDrawn) if e.batches), None)
    if batches is None:
        return
    counts, epochs, is_through = count_by_scheduler(run)
    for found in counts.values():
        verdict = _per_batch(run, found, batches)
        if verdict is None and is_through:
            verdict = _per_epoch(run, found, epochs) or _turns(run, found, epochs, batches)
        yield from [verdict] if verdict is not None else []


def _attached(run: Stretch) -> Iterator[Judgement]:
    """Give the schedules of ignite's that are attached to what they are not counted in."""
    for slip in run.of(SlipSeen):
        if slip.kind in _ATTACHED:
            what = _ATTACHED[slip.kind].format(slip.name, slip.beside)
            unit = "ITERATION" if slip.kind == "cycle-of-batches" else "EPOCH"
            fix = f"attach it to Events.{unit}_STARTED"
            yield RULE.found(what, fix, run.update_at(slip), slip.where)


def _per_batch(run: Stretch, count: SchedulerCount, batches: int) -> Finding | None:
    """Find an epochs' schedule that goes by within one epoch."""
    events = count.events[: count.in_first_epoch]
    period = events[0].period if events else None
    if len(events) < 3 or abs(len(events) - count.at_first_epoch) > 1:
        return None
    first = peak = max(events[0].before)
    for number, event in enumerate(events, start=1):
        rate = max(event.after)
        peak = max(peak, rate)
        if _is_cosine(event) and period and period < min(number, batches):
            if rate > max(event.before):
                what = f"{event.type} turns after {period} steps, and there are {batches} in epoch"
                return _describe(run, event, f"{what} 1 alone: the rate rises again", batches)
        elif number < min(batches, _SOON):
            is_over = number < len(events) and _is_over(event, number)
            top = peak if is_over else first
            if (is_over or event.type in _FALLING) and rate <= _FALL * top:
                what = f"{event.type} brought the rate from {top:g} to {rate:.2g} in {number}"
                what = f"{what} batches of the first epoch's {batches}"
                return _describe(run, event, what, batches)
    return None


def _is_cosine(event: SchedulerStepped) -> bool:
    return "CosineAnnealingLR" in (event.type, event.ends_with)


def _is_over(event: SchedulerStepped, number: int) -> bool:
    """Say whether a schedule that ends has come to its end with step `number`."""
    return event.type in _ENDING and event.period is not None and number >= event.period


def _per_epoch(run: Stretch, count: SchedulerCount, epochs: int) -> Finding | None:
    """Find a schedule for all batches of a run that moved once in each of its epochs."""
    last = count.events[-1]
    high = max(max(event.before, default=0.0) for event in count.events)
    if _is_spent(last.type, max(last.after, default=0.0), high):
        return None
    what = _tell_per_epoch(last.type, last.period, len(count.events), count.updates, epochs)
    return _describe(run, last, what, count.updates // epochs) if what else None


def _is_spent(kind: str, rate: float, high: float) -> bool:
    """Whether a rate fell further than in the first half of a plan: its function counts epochs."""
    return (kind not in _BY_EPOCH or kind == "LambdaLR") and rate < _SPENT * high


def _turns(run: Stretch, count: SchedulerCount, epochs: int, batches: int) -> Finding | None:
    """Find a cosine as long as the run has epochs that moved with each of its batches."""
    last, calls = count.events[-1], len(count.events)
    if not _is_cosine(last) or last.period != epochs or epochs in (1, batches):
        return None
    if abs(calls - count.updates) > 1 or calls < _EPOCHS * epochs:
        return None
    if last.count is not None and last.count < calls - 1:  # it is told the number of the epoch
        return None
    what = f"{last.type} turns after {epochs} steps, as many as the run has epochs"
    turn = count.events[min(epochs, calls - 1)]
    return _describe(run, turn, f"{what}, and moved {calls} times: with every batch", batches)


def _tell_per_epoch(kind: str, period: int | None, calls: int, updates: int, epochs: int) -> str:
    """Return in words that a schedule for batches moved once per epoch, '' where it did not."""
    if period is None or epochs < _EPOCHS or abs(calls - epochs) > 1 or calls < _EPOCHS:
        return ""
    is_an_epochs = period == updates // epochs and kind in _BY_EPOCH
    if not (period == updates or is_an_epochs) or period < 2 * epochs:
        return ""
    span = "all {} updates of the run" if period == updates else "the {} batches of an epoch"
    return f"{kind} is as long as {span.format(period)}, and moved {calls} times: once per epoch"


def _over_a_long_run(run: Stretch) -> Iterator[Judgement]:
    """Give the same of a run whose middle was forgotten, by what was counted all along."""
    rates = run.census.rates if run.census is not None else RateAccount()
    for found in rates.schedules:
        if _is_spent(found.type, found.lr, found.high):
            continue
        updates = rates.steps_of(found.optimizer)
        steps = {group.where for group in rates.groups if group.optimizer == found.optimizer}
        is_framework = found.where in steps
        for epochs, batches in rates.passes.values():
            what = _tell_per_epoch(found.type, found.period, found.moves, updates, epochs)
            if what and batches == updates and found.period is not None:
                yield RULE.found(
                    what,
                    _PER_BATCH,
                    updates,
                    found.made if is_framework and found.made else found.where,
                    (),
                    found.optimizer,
                    batches_per_epoch=updates // epochs,
                    rate=found.lr,
                    period=found.period,
                )
                break


def _per_micro_batch(run: Stretch) -> Iterator[Judgement]:
    """Give schedules of a whole run that are as long as the micro-batches of its steps."""
    rates = run.census.rates if run.census is not None else RateAccount()
    for found in rates.schedules:
        updates = rates.steps_of(found.optimizer)
        is_plan = found.type in _AS_LONG and found.count == found.moves == updates > 0
        if is_plan and (size := count_planned_rows(run, rates, found)):
            yield _tell_rows(found, updates, size)
        elif is_plan and (count := count_planned(run, rates, found)):
            yield RULE.found(
                f"{found.type} is as long as the {found.period} micro-batches of the run, and "
                f"moved {found.moves} times: once for {count} of them",
                "count its period, and a warm-up, in steps of the optimizer: micro-batches // "
                "accumulation",
                updates,
                found.made or found.where,
                (),
                found.optimizer,
                rate=found.lr,
                period=found.period or 0,
                micro_batches=count,
            )


def _told_the_epoch(run: Stretch) -> Iterator[Judgement]:
    """Give schedules of all updates of a run that move with each, and come as far as its epochs."""
    rates = run.census.rates if run.census is not None else RateAccount()
    for found in rates.schedules:
        updates = rates.steps_of(found.optimizer)
        if found.count is None or found.period != updates or abs(found.moves - updates) > 1:
            continue
        turns = {n for n, batches in rates.passes.values() if n >= _EPOCHS and batches >= updates}
        if any(found.count in (n - 1, n) and updates >= 2 * _EPOCHS * n for n in turns):
            yield RULE.found(
                f"{found.type} is as long as all {updates} updates of the run, and came to place "
                f"{found.count} of them in {found.moves} moves: it is told the number of the epoch",
                "call step() of the scheduler without the epoch: it counts its own steps",
                updates,
                found.where,
                (),
                found.optimizer,
                rate=found.lr,
                period=updates,
            )


def _tell_rows(found: Schedule, updates: int, size: int) -> Finding:
    return RULE.found(
        f"{found.type} is as long as the {found.period} rows that the run draws, and moved "
        f"{found.moves} times: once for each batch of up to {size}",
        "count its period in steps of the optimizer: len(loader) in place of len(dataset)",
        updates,
        found.made or found.where,
        (),
        found.optimizer,
        rate=found.lr,
        period=found.period or 0,
        rows_per_batch=size,
    )


def _describe(run: Stretch, event: SchedulerStepped, what: str, batches: int) -> Finding:
    is_slow = "per epoch" in what
    return RULE.found(
        what,
        _PER_BATCH
        if is_slow
        else "call step() of the scheduler once per epoch, after the loop over batches, or count "
        "its period in batches: epochs * len(loader)",
        run.update_at(event, event.optimizer) - (0 if is_slow else 1) or 1,
        _line_of(run, event),
        (),
        event.optimizer,
        batches_per_epoch=batches,
        rate=max(event.after),
        **{"period": event.period} if event.period is not None else {},
    )


def _line_of(run: Stretch, event: SchedulerStepped) -> str:
    """Return where a schedule is stepped, or made, if a framework steps it with the optimizer."""
    steps = {step.where for step in run.steps if step.optimizer == event.optimizer}
    return event.made if event.made and event.where in steps else event.where


RULE = Rule(
    "BT510", "scheduler-period", "warning", check, __doc__, needs=(FACTS,), told=("schedule",)
)
