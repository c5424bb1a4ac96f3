"""Finds the update of a trace file in which a number was written, or stopped being finite."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.explain.history.amount import pick_amount
from backtrace.explain.history.asked_number import AskedNumber
from backtrace.explain.history.number_history import LastWriter
from backtrace.ledger.events import Account, Entry, Event, StepTaken
from backtrace.tracefile import TraceFile
from backtrace.tracefile.find_entries import EntryFinder
from backtrace.tracefile.replay import UpdateEntry


def find_entry(trace: TraceFile, asked: AskedNumber, found: Sequence[UpdateEntry]) -> UpdateEntry:
    """Return the last of these updates, of the optimizer that holds the tensor if there is one."""
    owner = trace.parameters[asked.name].optimizer
    own = [each for each in found if each.optimizer == owner]
    return (own or list(found))[-1]


def find_first_nonfinite(trace: TraceFile, asked: AskedNumber) -> UpdateEntry | None:
    """Return the first update in which the number was not finite; None if it always was."""

    def find(finder: EntryFinder) -> int | None:
        found = finder.find_nonfinite(asked.name, asked.account)
        return next((id for id, event in found if not _is_finite(event, asked)), None)

    outline = trace.outline()
    owner = trace.parameters[asked.name].optimizer
    own = [each for each in outline if owner is None or each.optimizer == owner]
    id = trace.search(find)
    if id is None or not own:
        return None
    place = trace.search(lambda finder: finder.find_place(id, own[-1].optimizer))
    return own[-1] if place is None else outline[place]


def find_writer(
    trace: TraceFile, name: str, account: Account, before: int, entry: UpdateEntry
) -> LastWriter | None:
    """Return who wrote an account last before the event with an id; None where nothing had.

    `entry` is the update at which the history begins.
    """
    found = trace.search(lambda finder: finder.find_latest(name, account, before))
    if found is None:
        return None
    id, event = found
    owner = event.optimizer if isinstance(event, StepTaken) else entry.optimizer
    place = trace.search(lambda finder: finder.find_place(id, owner))
    outline = trace.outline()
    number = outline[-1 if place is None else place].number
    back = sum(
        number <= each.number
        for each in outline[: entry.place + 1]
        if each.optimizer == entry.optimizer
    )
    return LastWriter(number, event, back)


def _is_finite(event: Event, asked: AskedNumber) -> bool:
    field = "grads" if asked.account == "grad" else "values"
    entries: dict[str, Entry] = getattr(event, field, None) or getattr(event, "entries", {})
    amount = pick_amount(entries[asked.name].after, asked.offset)
    return amount is None or amount.is_finite
