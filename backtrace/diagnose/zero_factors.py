"""Matrices that began as zeros and stayed so, for each keeps the gradient of the next at zero."""

from __future__ import annotations

from collections.abc import Collection, Container

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Edited, Event, Reading
from backtrace.ledger.filled_facts import FilledAlike


def find_zero_factors(run: Stretch, names: Collection[str]) -> tuple[str, ...]:
    """Return the matrices among `names` that were zeros at each step, in the order of the model.

    Empty where there are fewer than two: a single one gets its gradient, and moves.
    """
    seen: dict[str, list[Reading | None]] = {name: [] for name in run.parameters if name in names}
    for step in run.steps:
        for name in seen.keys() & step.values.keys():
            seen[name].append(step.values[name].before)
    found = tuple(name for name, values in seen.items() if values and all(map(_is_zero, values)))
    return found if len(found) > 1 else ()


def _is_zero(value: Reading | None) -> bool:
    return value is not None and value.norm == 0 and len(value.shape) > 1


def filled_at(run: Stretch, name: str, until: Event) -> str:
    """Return the line that filled a tensor last before an event, '' where it was not seen."""
    where = ""
    for event in run.events:
        if event is until:
            break
        match event:
            case FilledAlike():
                names: Container[str] = (event.name,)
            case Edited(account="value"):
                names = event.entries
            case _:
                continue
        if name in names:
            where = event.where
    return where
