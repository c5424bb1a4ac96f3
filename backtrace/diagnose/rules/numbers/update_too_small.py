"""Steps change the parameters by so little that nothing can be learned.

## What it sees
Gradients other than zero, a rate that stays the same, and three steps or more of an optimizer that
each change its parameters by less than 1e-7 of their norm, while the loss is where it was.

## Why it matters
At that pace a parameter needs ten million updates to change by its own size. In single precision a
change below 6e-8 of a value (half the distance to the next number) is rounded away altogether.

## Example
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-10)

## Instead
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)

## When it is intended
Fine-tuning takes small rates, but with Adam 1e-6 is still a change of 1e-5 of the values. A
warm-up begins with nothing: a run whose rate moves, or has a scheduler, is not looked at. Nor is a
model that has learned what there is to learn.

## Source
CS231n, Stanford University: "Neural Networks Part 3: Learning and Evaluation", ratio of
weights to updates; IEEE 754 (2⁻²⁴ is half a unit in the last place of 1 in single precision).
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.progress import Progress, optimizers_of, read_progress
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Entry
from backtrace.ledger.facts import Group, SchedulerStepped

_RATIO = 1e-7
_STEPS = 3
_LEARNED = 1e-3  # a loss below this may be as low as it gets
_SLOPE = 1e-4  # gradients below this share of the values are those of a model that has settled


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers none of whose steps is of any size."""
    scheduled = {event.optimizer for event in run.of(SchedulerStepped)}
    for optimizer in optimizers_of(run):
        updates = read_progress(run, optimizer)
        if optimizer in scheduled or len(updates) < _STEPS or not _are_small(updates):
            continue
        if any("initial_lr" in g.options for g in _groups(run, optimizer)):
            continue
        third = updates[_STEPS - 1]
        largest = max((each.change_norm or 0.0) / each.value_norm for each in updates)
        yield RULE.found(
            f"{len(updates)} steps of {optimizer} changed its parameters by at most {largest:.2g} "
            "of their norm each",
            f"raise the learning rate of {optimizer} (now {max(third.step.lr):g}): a change of "
            "about a thousandth of the values is healthy",
            third.number,
            third.step.where,
            (),
            optimizer,
            largest_ratio=largest,
            lr=max(third.step.lr),
            gradient_norm=third.grad_norm,
        )


def _are_small(updates: list[Progress]) -> bool:
    """Whether every step was far too small, though it had gradients, a rate and a loss.

    What is rounded away in half precision, and a step that does nothing at a fair rate, are
    other rules'.
    """
    rates = updates[0].step.lr
    does_nothing = not any(each.change_norm for each in updates) and max(rates, default=0) > _RATIO
    return (
        max(rates, default=0) > 0
        and not does_nothing
        and all(each.step.lr == rates and _is_small(each) for each in updates)
        and all(e.before is not None and "float32" in e.before.dtype for e in _values(updates))
    )


def _is_small(update: Progress) -> bool:
    """Whether one step was far too small for its gradient, and its loss leaves room."""
    change, loss = update.change_norm, update.loss
    return (
        change is not None
        and loss is not None
        and abs(loss) >= _LEARNED
        and update.grad_norm > _SLOPE * update.value_norm > 0
        and change < _RATIO * update.value_norm
    )


def _values(updates: list[Progress]) -> list[Entry]:
    return [entry for each in updates for entry in each.step.values.values()]


def _groups(run: Stretch, optimizer: str) -> tuple[Group, ...]:
    seen = run.optimizers.get(optimizer)
    return seen.groups if seen else ()


RULE = Rule(
    "BT507", "update-too-small", "warning", check, __doc__, cure="lr=100000x", told=("step-size",)
)
