"""Parameter groups that were given rates of their own are all stepped at one rate.

## What it sees
Groups of one optimizer that were made with unlike rates, none of them 0, and that are stepped at
the same rate from their first step to the last, at least ten of them, while the rate changes three
times or more.

## Why it matters
What sets a rate by hand, or takes one number for all groups, writes over the rates that the groups
were given. A head that was to learn faster than what is pretrained learns as slowly, or the other
way round: the pretrained part is shaken up.

## Example
    for group in optimizer.param_groups:
        group["lr"] = base_rate * factor(step)

## Instead
    for group, base in zip(optimizer.param_groups, base_rates):
        group["lr"] = base * factor(step)

## When it is intended
Where the rates of the groups were left over from something else. A search for a rate, which raises
it all the way, is left out.

## Source
github.com/deepspeedai/DeepSpeed, pull request 8171: WarmupLR took the first group's rate for all.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.rates import GroupRate
from backtrace.diagnose.graph_lines import only_line
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import OptimizerSeen
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 10
_CHANGES = 3
_SEARCH = 0.9  # of all steps: so long does a search for a rate raise it
_UNLIKE = 1.01


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first two such groups of each optimizer."""
    made: dict[str, tuple[float, ...]] = {}
    for seen in run.of(OptimizerSeen):
        made.setdefault(seen.optimizer, seen.rates)
    for optimizer, rates in made.items() if run.census else ():
        assert run.census is not None
        groups = {e.group: e for e in run.census.rates.groups if e.optimizer == optimizer}
        pair = _find_pair(rates, groups)
        if pair is not None:
            one, other = pair
            yield RULE.found(
                f"param_groups[{one}] and param_groups[{other}] of {optimizer} were made with the "
                f"rates {rates[one]:g} and {rates[other]:g}, and all their steps are at the same "
                f"rate, {groups[one].last:g} at the end",
                "keep the rate that each group was made with, and multiply that by what the "
                "schedule says; give max_lr and the like a list, a number for each group",
                _ENOUGH,
                _line(run, optimizer) or groups[one].where,
                (),
                optimizer,
                rate_of_the_one=rates[one],
                rate_of_the_other=rates[other],
            )


def _find_pair(rates: tuple[float, ...], groups: dict[int, GroupRate]) -> tuple[int, int] | None:
    """Return the first two groups that were made with other rates and are stepped at one."""
    for one, first in groups.items():
        if first.steps < _ENOUGH or first.changes < _CHANGES:
            continue
        if first.climb >= _SEARCH * first.steps:
            continue
        for other, second in groups.items():
            is_pair = other > one and other < len(rates) and _path(first) == _path(second)
            low, high = sorted((rates[one], rates[other])) if is_pair else (0.0, 0.0)
            if 0 < low * _UNLIKE < high:
                return one, other
    return None


def _path(group: GroupRate) -> tuple[float, ...]:
    """Return what is known of the rates of a group: two with the same have moved together."""
    return group.first, group.last, group.high, group.second, group.steps, group.changes


def _line(run: Stretch, optimizer: str) -> str:
    """Return the line of a scheduler, the one that takes the first group's rate, or writes one."""
    schedules = run.census.rates.schedules if run.census else ()
    for schedule in schedules:
        if schedule.optimizer == optimizer:
            return schedule.made or schedule.where
    taken = {slip.where for slip in run.of(SlipSeen) if slip.kind == "first-rate"}
    return taken.pop() if len(taken) == 1 else only_line(run, "rate")


RULE = Rule("BT605", "groups-at-one-rate", "warning", check, __doc__, needs=(CENSUS,))
