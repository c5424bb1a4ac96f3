"""`step` reads gradients that a GradScaler's scale still multiplies.

## What it sees
A backward from a loss that a GradScaler had scaled, and a step that reads these gradients though
nothing has unscaled them: `optimizer.step()` was called in place of `scaler.step(optimizer)`.

## Why it matters
`scaler.step` divides the gradients by the scale before it steps, and leaves out a step whose
gradients are not finite. Called directly, the optimizer steps with gradients 65 536 times too
large: SGD is gone after one step, Adam hides it. `scaler.update()` refuses to follow such a step,
unless the scaler has stepped another optimizer.

## Example
    scaler.scale(loss).backward()
    optimizer.step()

## Instead
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()

Every optimizer that a scaled loss reaches is stepped by the scaler, each by a call of its own.

## When it is intended
Never. A scaler that is turned off scales nothing, and one whose scale is 1 changes nothing: of
these it says nothing, nor where gradients were changed by hand between backward and step.

## Source
Automatic Mixed Precision examples, "Typical Mixed Precision Training", PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backtrace.diagnose.gradients import cleared_by, is_something
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    GradsRescaled,
    Reading,
    StepBegan,
    StepSkipped,
    StepTaken,
)
from backtrace.ledger.facts import StepsPassed


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each optimizer's first step with gradients that are still scaled."""
    scaled: dict[str, BackwardRan] = {}
    unscaling: set[str] = set()  # the optimizers whose step divides the gradients itself
    told: set[str] = set()
    for event in run.events:
        if isinstance(event, StepBegan) and event.unscales:
            unscaling.add(event.optimizer)
        elif isinstance(event, StepSkipped):
            unscaling.discard(event.optimizer)
        elif isinstance(event, StepTaken) and not unscaling:
            # A step by hand, which has no rates, may divide as it goes.
            names = [n for n in event.values if n in scaled and _is_sound(event.grads.get(n))]
            if names and event.lr and event.optimizer not in told:
                told.add(event.optimizer)
                yield _describe(run, event, names, scaled[names[0]])
        elif isinstance(event, StepTaken):
            unscaling.discard(event.optimizer)
            _forget(scaled, event.values)
        else:
            _follow(scaled, event)


def _follow(scaled: dict[str, BackwardRan], event: Event) -> None:
    """Enter what an event that is no step does to the gradients that are scaled."""
    if isinstance(event, BackwardRan):
        for name, entry in event.grads.items():
            if event.scale not in (None, 1.0) and is_something(entry.delta):
                scaled[name] = event
            elif not is_something(entry.before):
                scaled.pop(name, None)
    elif isinstance(event, GradsRescaled):
        if not event.call.startswith("clip"):
            _forget(scaled, event.grads)
    elif isinstance(event, Edited) and event.account == "grad":
        _forget(scaled, event.entries)
    elif isinstance(event, StepsPassed):
        scaled.clear()
    else:
        _forget(scaled, cleared_by(event))


def _forget(scaled: dict[str, BackwardRan], names: Iterable[str]) -> None:
    for name in names:
        scaled.pop(name, None)


def _is_sound(reading: Reading | None) -> bool:
    return reading is not None and reading.norm > 0 and not reading.nonfinite


def _describe(run: Stretch, step: StepTaken, names: list[str], backward: BackwardRan) -> Judgement:
    optimizer, reading = step.optimizer, step.grads[names[0]]
    return RULE.found(
        f"{optimizer}.step read gradients of a loss that the GradScaler had multiplied by "
        f"{backward.scale:g}, and nothing had unscaled them",
        f"call scaler.step({optimizer}) in place of {optimizer}.step()",
        run.update_at(step, optimizer),
        step.where,
        tuple(names),
        optimizer,
        scale=backward.scale or 0.0,
        read_by_step=reading.norm if reading else 0.0,
        backward=backward.where,
    )


RULE = Rule("BT113", "scaled-step", "error", check, __doc__)
