"""A learning rate is written into a copy of the optimizer's state, and the optimizer keeps its own.

## What it sees
Twice or more, `optimizer.state_dict()` was called, a rate in what it returned was changed, and the
optimizer stepped on at the rate that it had, with nothing loaded in between. Or a state was loaded
into the optimizer, and two rates or more were written into the groups that it had before, while its
own stayed as they were.

## Why it matters
`state_dict()` gives a copy of the parameter groups, and `load_state_dict()` puts new groups in the
place of the old ones: who kept `optimizer.param_groups` from before holds a list of nobody's. What
is written into either changes nothing: the schedule that is printed is not the one that trains.

## Example
    for group in optimizer.state_dict()["param_groups"]:
        group["lr"] = lr

## Instead
    for group in optimizer.param_groups:
        group["lr"] = lr

After `optimizer.load_state_dict(…)`, a schedule that holds the groups takes
`optimizer.param_groups` anew.

## When it is intended
A state that is changed once, to be saved or loaded elsewhere, is not looked at.

## Source
"adjust_learning_rate has no effect", github.com/pytorch/examples, issue 64;
"lr_scheduler does not work after restarting from checkpoint", github.com/microsoft/rat-sql, issue
45.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.state_facts import RateWrittenToCopy

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line at which such a copy or such groups came to be, at the second writing."""
    by_place: dict[tuple[str, str, bool], list[RateWrittenToCopy]] = {}
    for event in run.of(RateWrittenToCopy):
        place = event.optimizer, event.where, event.is_replaced
        by_place.setdefault(place, []).append(event)
    for (optimizer, where, _), events in by_place.items():
        if len(events) < _ENOUGH:
            continue
        event = events[_ENOUGH - 1]
        message, fix = _words(event)
        yield RULE.found(
            message,
            fix,
            run.update_at(event, optimizer),
            where,
            (),
            optimizer,
            times=len(events),
        )


def _words(event: RateWrittenToCopy) -> tuple[str, str]:
    """Return what happened, and what to do about it."""
    optimizer, written, lr = event.optimizer, _rate(event.written), _rate(event.lr)
    if event.is_replaced:
        return (
            f"a learning rate of {written} was written into groups that {optimizer} had before its "
            f"load_state_dict, which made new ones: the step after it was taken at {lr}",
            f"after the load, have the schedule take {optimizer}.param_groups anew",
        )
    return (
        f"a learning rate of {written} was written into what {optimizer}.state_dict() returned, "
        f"which is a copy: the step after it was taken at {lr}",
        f"write it into {optimizer}.param_groups",
    )


def _rate(rates: tuple[float, ...]) -> str:
    return ", ".join(dict.fromkeys(f"{rate:g}" for rate in rates))


RULE = Rule("BT520", "rate-written-to-copy", "warning", check, __doc__, needs=(FACTS,))
