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


def find_entry(asked: AskedNumber, found: Sequence[UpdateEntry]) -> UpdateEntry:
    """Return the last of these updates, of the optimizer that holds the tensor if there is one."""
    own = [each for each in found if each.optimizer == asked.optimizer]
    return (own or list(found))[-1]


def find_first_nonfinite(trace: TraceFile, asked: AskedNumber) -> tuple[UpdateEntry, Event] | None:
    """Return the first event that left the number not finite, and its update; None if none did."""

    def find(finder: EntryFinder) -> tuple[int, Event] | None:
        found = finder.find_nonfinite(asked.name, asked.account)
        return next(((id, event) for id, event in found if not _is_finite(event, asked)), None)

    first = trace.search(find)
    if first is None:
        return None
    id, event = first
    outline = trace.outline()
    last = find_entry(asked, outline)
    update = trace.search(lambda finder: finder.find_update(id, last.optimizer))
    return (last if update is None else outline[update[0]]), event


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
    update = trace.search(lambda finder: finder.find_update(id, owner))
    number = entry.number if update is None else update[1]
    back = trace.search(
        lambda finder: finder.count_updates(entry.optimizer, number, entry.place)
    ) + (not entry.is_complete)
    loaded = trace.search(lambda finder: finder.find_loading(id)) if account == "value" else ""
    return LastWriter(number, event, back, loaded)


def _is_finite(event: Event, asked: AskedNumber) -> bool:
    field = "grads" if asked.account == "grad" else "values"
    entries: dict[str, Entry] = getattr(event, field, None) or getattr(event, "entries", {})
    amount = pick_amount(entries[asked.name].after, asked.offset)
    return amount is None or amount.is_finite
