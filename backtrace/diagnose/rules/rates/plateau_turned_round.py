"""A plateau scheduler waits for its metric to fall, which should rise, or the other way round.

## What it sees
`ReduceLROnPlateau` that cut the rate at least once while what it was given never got better than
its first value, in the sense of its `mode`, and reached a new best in the other sense in half of
its calls or more, as long as the rate was worth the name. With `mode="min"`, the metric is a share
and no loss computed since the call before: between 0 and 1, or in percent of one number of cases,
at most 5000. Shares of one number of cases need no new bests: it is enough that none is as low as
the first again, and the last is higher by 0.02. If the first few are the same, the last must be
higher by 0.1 and more than 0.5.

## Why it matters
Each improvement counts as none. The rate is cut while the model learns, again and again, until
nothing moves any more.

## Example
    scheduler = ReduceLROnPlateau(optimizer)  # mode="min"
    scheduler.step(accuracy)

## Instead
    scheduler = ReduceLROnPlateau(optimizer, mode="max")
    scheduler.step(accuracy)

## When it is intended
Never.

## Source
"ReduceLROnPlateau", github.com/md-mohaiminul/ViS4mer, issue 4;
torch.optim.lr_scheduler.ReduceLROnPlateau, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import dropwhile
from math import gcd

from backtrace.diagnose.census.rates import Schedule
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_ENOUGH = 4
_CASES = 5000  # of at most so many, a percentage is told from another number
_ROUNDING = 3e-5  # of a percentage, in float32
_DISTINCT = 3
_RISEN = 0.02
_RISEN_LATE = 0.1
_HALF = 0.5
_CHANCE = 1e-3  # that numbers rounded to two digits all are percentages of so many cases


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the plateau schedulers that are turned round."""
    for schedule in run.census.rates.schedules if run.census is not None else ():
        if not schedule.cuts or not _is_turned_round(schedule):
            continue
        right, rises = ("max", "rises") if schedule.mode == "min" else ("min", "falls")
        yield RULE.found(
            f'{schedule.type} with mode="{schedule.mode}" cut the rate of {schedule.optimizer} '
            f"{schedule.cuts} times while its metric {rises}, from {schedule.metrics[0]:.3g} to "
            f"{schedule.metrics[-1]:.3g}",
            f'make it with mode="{right}", if the metric is better when it {rises}',
            _ENOUGH,
            schedule.made or schedule.where,
            (),
            schedule.optimizer,
            cuts=schedule.cuts,
            first_metric=schedule.metrics[0],
            last_metric=schedule.metrics[-1],
        )


def _is_turned_round(schedule: Schedule) -> bool:
    """Whether the metric gets better in the other sense only."""
    metrics = schedule.metrics
    if schedule.mode not in ("min", "max") or len(metrics) < _ENOUGH:
        return False
    if schedule.mode == "min" and schedule.losses:
        return False
    sign = 1 if schedule.mode == "max" else -1
    better = [sign * each for each in metrics]
    lows = [each < min(better[:place]) for place, each in enumerate(better) if place]
    if 2 * sum(lows) >= len(lows) and max(better[1:]) <= better[0]:
        return schedule.mode == "max" or _are_shares(metrics)
    return schedule.mode == "min" and _stays_above(metrics) and _are_shares_of_cases(metrics)


def _stays_above(metrics: tuple[float, ...]) -> bool:
    """Whether a metric left its first value, for a higher one, and never came back.

    One that stays there for a while may be the share of mistakes of a model that says one class,
    which is seldom worse by much, and hardly wrong in half of the cases.
    """
    first, last = metrics[0], metrics[-1]
    later = tuple(dropwhile(lambda each: each == first, metrics))
    if not later or min(later) <= first:
        return False
    is_at_once = len(later) == len(metrics) - 1
    return last - first >= _RISEN if is_at_once else last - first >= _RISEN_LATE and last > _HALF


def _are_shares(metrics: tuple[float, ...]) -> bool:
    """Whether all lie between 0 and 1, or all are percentages of some number of cases."""
    if all(0 <= each <= 1 for each in metrics):
        return True
    different = set(metrics)
    if len(different) < _DISTINCT or not all(0 <= each <= 100 for each in metrics):
        return False
    return any(
        (gcd(cases, 10_000) / 10_000) ** len(different) <= _CHANCE
        and _are_counts(different, cases / 100)
        for cases in range(1, _CASES + 1)
    )


def _are_shares_of_cases(metrics: tuple[float, ...]) -> bool:
    """Whether all are shares of one number of cases: hardly ever by chance."""
    different = set(metrics)
    return (
        len(different) >= _ENOUGH
        and all(0 <= each <= 1 for each in metrics)
        and any(_are_counts(different, cases, _ROUNDING / 100) for cases in range(1, _CASES + 1))
    )


def _are_counts(shares: set[float], each: float, rounding: float = _ROUNDING) -> bool:
    return all(abs(p * each - round(p * each)) <= rounding * each for p in shares)


RULE = Rule("BT515", "plateau-turned-round", "warning", check, __doc__, needs=(CENSUS,))
