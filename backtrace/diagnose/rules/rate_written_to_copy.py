"""A learning rate is written into a copy of the optimizer's state, and the optimizer keeps its own.

## What it sees
Twice or more, `optimizer.state_dict()` was called, a rate in what it returned was changed, and the
optimizer stepped on at the rate that it had, with nothing loaded in between.

## Why it matters
`state_dict()` gives a copy of the parameter groups. What is written into it changes nothing: the
schedule that is printed is not the one that trains.

## Example
    for group in optimizer.state_dict()["param_groups"]:
        group["lr"] = lr

## Instead
    for group in optimizer.param_groups:
        group["lr"] = lr

## When it is intended
A state that is changed once, to be saved or loaded elsewhere, is not looked at.

## Source
"adjust_learning_rate has no effect", github.com/pytorch/examples, issue 64.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.state_facts import RateWrittenToCopy

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line at which such a copy was asked for, at the second time."""
    by_place: dict[tuple[str, str], list[RateWrittenToCopy]] = {}
    for event in run.of(RateWrittenToCopy):
        by_place.setdefault((event.optimizer, event.where), []).append(event)
    for (optimizer, where), events in by_place.items():
        if len(events) < _ENOUGH:
            continue
        event = events[_ENOUGH - 1]
        yield RULE.found(
            f"a learning rate of {_rate(event.written)} was written into what "
            f"{optimizer}.state_dict() returned, which is a copy: the step after it was taken at "
            f"{_rate(event.lr)}",
            f"write it into {optimizer}.param_groups",
            run.update_at(event, optimizer),
            where,
            (),
            optimizer,
            times=len(events),
        )


def _rate(rates: tuple[float, ...]) -> str:
    return ", ".join(dict.fromkeys(f"{rate:g}" for rate in rates))


RULE = Rule("BT520", "rate-written-to-copy", "warning", check, __doc__, needs=(FACTS,))
