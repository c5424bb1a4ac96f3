"""Finds the events that wrote into one account of one tensor, wherever in the file they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from backtrace.ledger.events import Account, Event
from backtrace.tracefile.columns import pack_text
from backtrace.tracefile.decode import Decoder

# A step has entries in the gradient's account too, which it read and did not write.
_WRITERS = (
    "SELECT n.event FROM entries n JOIN tensors t ON t.id = n.tensor JOIN slots s ON s.id = n.slot "
    "JOIN events v ON v.id = n.event LEFT JOIN readings r ON r.id = n.after "
    "WHERE t.name = ? AND s.account = ? AND s.term = '' AND s.kind IN ('GradsZeroed', "
    "'BackwardRan', 'GradsRescaled', 'GradsReduced', 'StepTaken', 'Edited') "
    "AND (s.kind, s.field) != ('StepTaken', 'grads')"
)
_LATEST = f"{_WRITERS} AND n.event < ? ORDER BY n.event DESC LIMIT 1"
_NONFINITE = f"{_WRITERS} AND r.nonfinite > 0 ORDER BY n.event"
_PLACE = "SELECT id FROM updates WHERE last >= ? AND optimizer = ? ORDER BY id LIMIT 1"


class EntryFinder:
    """Looks through one connection; raises what odd data leads to."""

    def __init__(self, connection: sqlite3.Connection, decoder: Decoder) -> None:
        self._connection = connection
        self._decoder = decoder

    def find_latest(self, name: str, account: Account, before: int) -> tuple[int, Event] | None:
        """Return the last event that wrote it before the event with the id `before`, and its id."""
        row = self._connection.execute(_LATEST, (pack_text(name), account, before)).fetchone()
        return None if row is None else (row[0], self._event(row[0]))

    def find_nonfinite(self, name: str, account: Account) -> Iterator[tuple[int, Event]]:
        """Yield in order the events that left a number in it that is not finite, with their ids."""
        for (id,) in self._connection.execute(_NONFINITE, (pack_text(name), account)).fetchall():
            yield id, self._event(id)

    def find_place(self, event: int, optimizer: str) -> int | None:
        """Return the place of an optimizer's update in which an event is; None after the last."""
        row = self._connection.execute(_PLACE, (event, optimizer)).fetchone()
        return None if row is None else int(row[0]) - 1

    def _event(self, id: int) -> Event:
        return next(event for _, event in self._decoder.events(id, id + 1))
