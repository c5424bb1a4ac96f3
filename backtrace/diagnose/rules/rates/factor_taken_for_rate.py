"""The function of a LambdaLR returns a learning rate, where a factor is wanted.

## What it sees
A LambdaLR gives its optimizer at most the rate that this was made with times itself, or about that
and no more than a fiftieth of the rate: there it stays, or falls again.

## Why it matters
LambdaLR multiplies: a function that returns 0.001 for an optimizer with lr=0.001 makes a rate of
0.000001. The loss falls so slowly that the model seems to be at its limit.

## Example
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    scheduler = LambdaLR(optimizer, lambda epoch: 1e-3 * 0.95**epoch)

## Instead
    scheduler = LambdaLR(optimizer, lambda epoch: 0.95**epoch)

## When it is intended
Where the end of a schedule is run again, with its last factors.

## Source
torch.optim.lr_scheduler.LambdaLR, PyTorch documentation: "the initial lr times a given function".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import isclose

from backtrace.diagnose.needs import FACTS, FIRST_STEPS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import SchedulerStepped
from backtrace.ledger.state_facts import StateLoaded

_ENOUGH = 3
_FAR = 0.02
_LIKE = (0.2, 5.0)  # a factor that is a rate is of the size of the rate
_HALF = 0.5  # a rate near 1 times itself is itself


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers whose rate is the product of two rates."""
    moved: dict[str, list[SchedulerStepped]] = defaultdict(list)
    for event in run.of(SchedulerStepped):
        moved[event.optimizer].append(event)
    loaded = {event.target for event in run.of(StateLoaded)}
    for optimizer, events in moved.items():
        steps = [step for step in run.steps if step.optimizer == optimizer and step.lr]
        if any(event.type != "LambdaLR" for event in events) or optimizer in loaded:
            continue
        bases = events[-1].base if len(steps) >= _ENOUGH else ()
        for group, base in enumerate(bases):
            rates = [step.lr[group] for step in steps if len(step.lr) == len(bases)]
            if base and rates and _is_product(rates, events, group, base):
                step = steps[rates.index(max(rates))]
                yield _describe(run, step, max(rates), base, events[0])
                break


def _is_product(
    rates: list[float], events: list[SchedulerStepped], group: int, base: float
) -> bool:
    """Whether the highest rate is one times another, and the schedule is past its rise."""
    highest, last = max(rates), events[-1]
    if any(not group < len(each.after) == len(each.before) for each in events):
        return False
    # Not where something else than the schedule gives the rate, as an experiment may.
    is_given = all(each.after[group] in rates for each in events[:-1])
    is_like = _LIKE[0] * base <= highest / base <= _LIKE[1] * base and highest <= _FAR * base
    is_square = is_given and base <= _HALF and isclose(highest, base * base, rel_tol=1e-6)
    return last.after[group] <= last.before[group] and (is_like or is_square)


def _describe(
    run: Stretch, step: StepTaken, rate: float, base: float, event: SchedulerStepped
) -> Judgement:
    return RULE.found(
        f"LambdaLR multiplies {step.optimizer}'s rate of {base:g} with what its function returns, "
        f"and {rate / base:g} looks like a rate, not like a factor: {step.optimizer} steps at "
        f"{rate:g}",
        "let the function return a factor, 1 for the full rate",
        run.update_at(step, step.optimizer),
        event.made or event.where,
        (),
        step.optimizer,
        lr_made_with=base,
        lr_stepped_with=rate,
    )


RULE = Rule("BT517", "factor-taken-for-rate", "warning", check, __doc__, needs=(FACTS, FIRST_STEPS))
