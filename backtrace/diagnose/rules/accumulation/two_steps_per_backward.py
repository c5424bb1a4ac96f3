"""An optimizer steps twice for one backward.

## What it sees
Two steps of one optimizer that read the same gradients, with no backward and no clearing between
them, at least twice in a run.

## Why it matters
The second step goes on in a direction that is out of date, and counts twice in momentum and in
Adam's averages: it works like a learning rate of about twice its size.

## Example
    loss.backward()
    optimizer.step()
    scheduler_and_step(optimizer)  # which steps as well

## Instead
    loss.backward()
    optimizer.step()

## When it is intended
Never that we know of. An optimizer that steps another inside its own step is one step, and methods
that take two steps, such as SAM, run a backward before each.

## Source
torch.optim, "Taking an optimization step", PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.gradients import read_by
from backtrace.diagnose.holdings import outer_steps
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, Edited, GradsZeroed, StepTaken
from backtrace.ledger.facts import StepsPassed


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that step again for gradients that they have stepped with."""
    steps = dict(outer_steps(run))
    used: dict[str, set[str]] = {}
    again: dict[str, list[StepTaken]] = {}
    for place, event in enumerate(run.events):
        if isinstance(event, BackwardRan | GradsZeroed):
            for names in used.values():
                names.difference_update(event.grads)
        elif isinstance(event, Edited) and event.account == "grad":
            for names in used.values():
                names.difference_update(event.entries)
        elif isinstance(event, StepsPassed):
            used.pop(event.optimizer, None)
        elif place in steps and isinstance(event, StepTaken):
            live = read_by(event)
            if live and live <= used.get(event.optimizer, set()):
                again.setdefault(event.optimizer, []).append(event)
            used[event.optimizer] = live
    for optimizer, found in again.items():
        if len(found) >= 2:
            yield _found(run, optimizer, found)


def _found(run: Stretch, optimizer: str, found: list[StepTaken]) -> Judgement:
    first, second = found[:2]
    names = tuple(name for name, grad in second.grads.items() if grad is not None)
    return RULE.found(
        f"{optimizer}.step ran again for gradients that it had already stepped with, "
        f"{len(found)} times",
        f"call {optimizer}.step() once after each backward",
        run.update_at(first, optimizer),
        first.where,
        names,
        optimizer,
        steps_without_a_backward=len(found),
        steps=sum(step.optimizer == optimizer for step in run.steps),
    )


RULE = Rule("BT208", "two-steps-per-backward", "error", check, __doc__, cure="step_once")
