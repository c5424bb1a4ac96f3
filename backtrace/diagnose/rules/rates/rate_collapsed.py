"""The learning rate falls to nothing long before the run ends.

## What it sees
Over the whole run, a group whose rate was below a hundred-thousandth of its highest, from some
update on to the end: for at least 10 steps, and at least two fifths of all that it took. Where a
scheduler took it there within 4 steps, 3 are enough for the 10. Or a scheduler that is stepped with
every update has left a tenth of the rate, or less, in each of its last three steps.

## Why it matters
From there on nothing is learned, and the rest of the run's time is lost. The loss that stays looks
as if the model had converged.

## Example
    scheduler = StepLR(optimizer, step_size=5, gamma=0.1)  # counted in epochs
    for epoch in range(epochs):
        for x, y in loader:
            update(x, y)
            scheduler.step()  # and stepped per batch

## Instead
    scheduler = StepLR(optimizer, step_size=5, gamma=0.1)
    for epoch in range(epochs):
        for x, y in loader:
            update(x, y)
        scheduler.step()

## When it is intended
A schedule that ends with the run, or shortly before it, is not meant here, nor a group that is
given the rate 0 while another of the optimizer learns on. To train no further, stop.

## Source
"Learning rate scheduler is working incorrect", github.com/Lornatang/SRGAN-PyTorch, issue 1;
torch.optim.lr_scheduler, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.rates import GroupRate, RateAccount, Schedule
from backtrace.diagnose.framework_lines import made_line
from backtrace.diagnose.graph_lines import only_line
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.zero_gammas import find_zero_gamma

_LONG = 10
_SHORT = 3
_STEEP = 4  # steps: no schedule of a run that is longer is through by then
_SHARE = 0.4


def check(run: Stretch) -> Iterator[Judgement]:
    """Give one finding for each optimizer with a rate that is gone."""
    if run.census is None:
        return
    rates = run.census.rates
    told: set[str] = set()
    for rate in rates.groups:
        optimizer = rate.optimizer
        own = [each for each in rates.schedules if each.optimizer == optimizer]
        falling = next((each for each in own if _is_falling(each, rate)), None)
        if optimizer in told or not (falling or _is_gone(rate, own)) or _is_frozen(rate, rates):
            continue
        if find_zero_gamma(run, optimizer) is not None:
            continue  # no-learning-rate says by what
        told.add(optimizer)
        yield RULE.found(
            _say(rate) if _is_gone(rate, own) or falling is None else _say_falling(rate, falling),
            _fix(rates, own, optimizer),
            min(rate.steps, rate.steps - rate.dark + 1),
            _where(run, own, falling),
            (),
            optimizer,
            highest_rate=rate.high,
            last_rate=rate.last,
            steps_at_no_rate=rate.dark,
            **{f"steps_of_{each.type}": each.moves for each in own},
        )


def _is_frozen(rate: GroupRate, rates: RateAccount) -> bool:
    """Whether a group was given the rate 0 while others of its optimizer learn on: a freeze."""
    others = (each for each in rates.groups if each.optimizer == rate.optimizer)
    return rate.last == 0 and any(2 * each.dark < rate.dark for each in others)


def _where(run: Stretch, own: list[Schedule], falling: Schedule | None) -> str:
    """Return the line of the scheduler that took a rate down, or the only one that writes one."""
    if not own:
        return only_line(run, "rate") or only_line(run, "schedule")
    schedule = falling or max(own, key=lambda each: each.cuts)
    return made_line(run, schedule.where, schedule.made)


def _say(rate: GroupRate) -> str:
    return (
        f"the learning rate of {rate.optimizer} fell from {rate.high:g} to {rate.last:.2g}, and "
        f"{rate.dark} of its {rate.steps} steps were taken at next to none"
    )


def _say_falling(rate: GroupRate, schedule: Schedule) -> str:
    return (
        f"{schedule.type} leaves a tenth of the learning rate of {rate.optimizer}, or less, with "
        f"each update: from {rate.high:g} it came to {schedule.lr:.2g} in {schedule.moves}"
    )


def _is_falling(schedule: Schedule, rate: GroupRate) -> bool:
    """Whether a scheduler that moves with each step takes it down too fast for any training."""
    return schedule.tenfold >= _SHORT and schedule.moves >= rate.steps - 1


def _is_gone(rate: GroupRate, own: list[Schedule]) -> bool:
    is_steep = rate.steps - rate.dark <= _STEEP and any(each.cuts > 1 for each in own)
    enough = _SHORT if is_steep else _LONG
    return rate.high > 0 and rate.dark >= max(enough, _SHARE * rate.steps)


def _fix(rates: RateAccount, own: list[Schedule], optimizer: str) -> str:
    """Say what to do about the scheduler that took the rate down, if one did."""
    if not own:
        return "see what sets the rate, and let it fall over the whole run"
    schedule = max(own, key=lambda each: each.cuts)
    if schedule.type == "ReduceLROnPlateau":
        return (
            f"see what ReduceLROnPlateau is given: it cut the rate {schedule.cuts} times, as where "
            'a metric that should rise is watched with mode="min", or too little patience'
        )
    per_step = schedule.moves / max(1, rates.steps_of(optimizer))
    if per_step > 0.9:
        return (
            f"call {schedule.type}.step() once per epoch, after the loop over batches, or count "
            "its period in updates: it was stepped with every one"
        )
    return f"let {schedule.type} fall over as many steps as there are"


RULE = Rule(
    "BT513", "rate-collapsed", "warning", check, __doc__, needs=(CENSUS,), told=("schedule",)
)
