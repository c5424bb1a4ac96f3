"""Finds gradients that a step reads although an earlier step has read them already."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.diagnose.gradients import cleared_by, is_something, reached_by, read_by
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, Edited, GradsZeroed, Reading, StepTaken


@dataclass(frozen=True, slots=True)
class Leftover:
    """A step that read what the one before it left, with something new added.

    `names` are the tensors it concerns, and `left` and `read` what the first of them held before
    and after. `clearing` is a call that meanwhile cleared others, which are trained as well.
    """

    window: Window
    step: StepTaken
    names: tuple[str, ...]
    left: Reading | None
    read: Reading | None
    clearing: GradsZeroed | None


def find_read_again(window: Window) -> tuple[str, ...]:
    """Return what the step of this window read as the one before had left it, beside new gradients.

    Nothing was added to it, and nobody cleared or edited it: the backwards reached others only.
    """
    past, step = window.before, window.step
    if past is None or past.step is None or step is None:
        return ()
    kept = read_by(past.step) & window.own
    has_new = False
    for event in window.events:
        kept -= cleared_by(event)
        if isinstance(event, Edited) and event.account == "grad":
            kept -= set(event.entries)
        elif isinstance(event, BackwardRan):
            new = window.filled_by(event)
            kept, has_new = kept - new, has_new or bool(new)
    return tuple(
        n for n in step.values if n in kept and has_new and is_something(step.grads.get(n))
    )


def find_leftover(window: Window) -> Leftover | None:
    """Return what the step of this window read for the second time, None where it is nothing.

    A gradient that was edited by hand meanwhile is left out: scaling it down is momentum.
    """
    past = window.before
    if past is None or past.step is None or window.step is None:
        return None
    found = _find_again(window, read_by(past.step) & window.own)
    if not found:
        return None
    names = tuple(name for name in window.step.values if name in found)
    trained = {name for event in window.of(BackwardRan) for name in reached_by(event)}
    others = trained - set(found)
    clearings = [event for event in window.of(GradsZeroed) if others & set(event.grads)]
    read = window.step.grads.get(names[0])
    clearing = clearings[-1] if clearings else None
    return Leftover(window, window.step, names, found[names[0]], read, clearing)


def _find_again(window: Window, kept: set[str]) -> dict[str, Reading | None]:
    """Return what a backward filled though it was `kept` from before, with what it held then."""
    found: dict[str, Reading | None] = {}
    for event in window.events:
        gone = cleared_by(event)
        kept = kept - gone
        if isinstance(event, Edited) and event.account == "grad":
            kept -= set(event.entries)
        elif isinstance(event, BackwardRan):
            for name in kept & window.filled_by(event):
                found.setdefault(name, event.grads[name].before)
        found = {name: left for name, left in found.items() if name not in gone}
    return found
