"""What one event does to tensors, each in one sense: reached, filled, cleared, read, moved."""

from __future__ import annotations

from backtrace.ledger.entry_columns import lines_of
from backtrace.ledger.events import BackwardRan, Edited, Event, GradsZeroed, Reading, StepTaken


def is_something(reading: Reading | None) -> bool:
    """Whether a gradient is there and not all zeros; what is not finite is something."""
    return reading is not None and (reading.norm > 0 or reading.nonfinite > 0)


def reached_by(backward: BackwardRan) -> set[str]:
    """Return the tensors that a backward came to: it added to their gradient, be it zeros.

    What is not reached is not in the graph of the loss; its `.grad` stays what it was.
    """
    return {name for name, _, _, delta in lines_of(backward.grads) if delta is not None}


def filled_by(backward: BackwardRan) -> set[str]:
    """Return the tensors to whose gradient a backward added something other than zeros."""
    return {name for name, entry in backward.grads.items() if is_something(entry.delta)}


def cleared_by(event: Event) -> set[str]:
    """Return the tensors whose gradient is None or zeros after `event`, by whom ever."""
    if isinstance(event, GradsZeroed):
        entries = event.grads
    elif isinstance(event, Edited) and event.account == "grad":
        entries = event.entries
    else:
        return set()
    return {name for name, entry in entries.items() if not is_something(entry.after)}


def moved_by(step: StepTaken) -> set[str]:
    """Return the tensors whose value a step changed."""
    return {name for name, entry in step.values.items() if is_something(entry.delta)}


def read_by(step: StepTaken) -> set[str]:
    """Return the tensors for which a step found a gradient that is not all zeros."""
    return {name for name, grad in step.grads.items() if is_something(grad)}
