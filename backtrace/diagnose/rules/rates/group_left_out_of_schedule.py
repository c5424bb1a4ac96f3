"""The rate of one parameter group follows a schedule, and that of another stays where it began.

## What it sees
Groups of one optimizer that begin at the same rate, of which one is changed by hand in ten steps
or more and in at least half of all, and another in none.

## Why it matters
A loop over `param_groups` that counts wrongly, or writes to the first group twice, leaves a group
at the rate that is right for the start: what it holds is shaken to the end.

## Example
    for group in optimizer.param_groups[:1]:
        group["lr"] = rate

## Instead
    for group in optimizer.param_groups:
        group["lr"] = rate

## When it is intended
A group that is to keep its rate mostly has another than the rest from the start; those are left
alone, and so is whatever a scheduler of torch's sets, which has a rate for each group.

## Source
github.com/yu-changqian/TorchSeg, issue 84: the first group is written to twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.rates import GroupRate, RateAccount
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_ENOUGH = 10


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first pair of such groups of each optimizer."""
    if run.census is None:
        return
    rates = run.census.rates
    for optimizer in dict.fromkeys(each.optimizer for each in rates.groups):
        pair = _find_pair(rates, optimizer)
        if pair is not None:
            moved, left = pair
            yield RULE.found(
                f"param_groups[{moved.group}] of {optimizer} was given another rate in "
                f"{moved.changes} of {moved.steps} steps, and param_groups[{left.group}], which "
                f"began at the same {left.first:g}, in none",
                "set the rate of every group: for group in optimizer.param_groups",
                _ENOUGH,
                moved.where,
                (),
                optimizer,
                rate_of_the_one=moved.last,
                rate_of_the_other=left.last,
            )


def _find_pair(rates: RateAccount, optimizer: str) -> tuple[GroupRate, GroupRate] | None:
    if any(schedule.optimizer == optimizer for schedule in rates.schedules):
        return None
    groups = [each for each in rates.groups if each.optimizer == optimizer]
    for moved in groups:
        if moved.changes < max(_ENOUGH, moved.steps / 2):
            continue
        for left in groups:
            if not left.changes and left.first == moved.first and left.steps == moved.steps:
                return moved, left
    return None


RULE = Rule("BT519", "group-left-out-of-schedule", "warning", check, __doc__, needs=(CENSUS,))
