"""Finds the events that wrote into one account of one tensor, wherever in the file they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from backtrace.ledger.events import Account, Edited, Event
from backtrace.ledger.state_facts import StateLoaded
from backtrace.tracefile.columns import pack_text
from backtrace.tracefile.decode import Decoder

if TYPE_CHECKING:
    from backtrace.ledger.graph_facts import GraphDrawn
    from backtrace.ledger.rank_facts import ShardSeen

# A step has entries in the gradient's account too, which it read and did not write.
_WRITERS = (
    "SELECT n.event FROM entries n JOIN tensors t ON t.id = n.tensor JOIN slots s ON s.id = n.slot "
    "JOIN events v ON v.id = n.event LEFT JOIN readings r ON r.id = n.after "
    "WHERE t.name = ? AND s.account = ? AND s.term = '' AND s.kind IN ('GradsZeroed', "
    "'BackwardRan', 'GradsRescaled', 'GradsReduced', 'StepTaken', 'Edited', 'Copied', "
    "'LeftByStep') "
    "AND (s.kind, s.field) != ('StepTaken', 'grads')"
)
_LATEST = f"{_WRITERS} AND n.event < ? ORDER BY n.event DESC LIMIT 1"
_NONFINITE = f"{_WRITERS} AND r.nonfinite > 0 ORDER BY n.event"
_UPDATE = "SELECT id, number FROM updates WHERE last >= ? AND optimizer = ? ORDER BY id LIMIT 1"
_COUNT = "SELECT count(*) FROM updates WHERE optimizer = ? AND number >= ? AND id <= ?"
_SPAN = "SELECT first, last FROM updates WHERE id = ?"
_ENTRIES = "SELECT count(*) FROM entries WHERE event >= ? AND event <= ?"
_DRAWN = "SELECT id FROM events WHERE kind = 'GraphDrawn' ORDER BY id LIMIT 1000"
_SHARDS = "SELECT id FROM events WHERE kind = 'ShardSeen' ORDER BY id LIMIT 10000"

_TENSORS = "SELECT count(DISTINCT name) FROM tensors"
_READINGS = "SELECT max(id) FROM readings"
# What is left at the end, without a step, makes an update too.
_SPANS = (
    "SELECT max(last - first + 1) FROM updates",
    "SELECT (SELECT max(id) FROM events) - coalesce(max(last), -1) FROM updates",
    "SELECT (SELECT max(id) FROM events) - min(first) + 1 FROM open_updates",
)
_EVENTS = "SELECT count(*) FROM events"
_COUNTED = 10_000  # spans up to it are believed: a file may tell of events that it does not hold
_TERMS = "SELECT 1 FROM slots WHERE term != '' LIMIT 1"


class EntryFinder:
    """Looks through one connection; raises what odd data leads to."""

    def __init__(self, connection: sqlite3.Connection, decoder: Decoder) -> None:
        self._connection = connection
        self._decoder = decoder

    def estimate_entries(self) -> int:
        """Return about how many entries there are: as many an update as that in the middle has."""
        (count,) = self._connection.execute("SELECT count(*) FROM updates").fetchone()
        row = self._connection.execute(_SPAN, (count // 2 + 1,)).fetchone()
        if row is None:
            return 0
        (entries,) = self._connection.execute(_ENTRIES, row).fetchone()
        return int(count) * int(entries)

    def find_latest(self, name: str, account: Account, before: int) -> tuple[int, Event] | None:
        """Return the last event that wrote it before the event with the id `before`, and its id."""
        row = self._connection.execute(_LATEST, (pack_text(name), account, before)).fetchone()
        return None if row is None else (row[0], self._event(row[0]))

    def find_loading(self, id: int) -> str:
        """Return whose `load_state_dict` made the change that the event `id` is; '' if none did."""
        events = [event for _, event in self._decoder.events(id, id + 2)]
        match events:
            case [Edited() as edit, StateLoaded() as loading] if edit.where == loading.where:
                return loading.target
        return ""

    def find_nonfinite(self, name: str, account: Account) -> Iterator[tuple[int, Event]]:
        """Yield in order the events that left a number in it that is not finite, with their ids."""
        for (id,) in self._connection.execute(_NONFINITE, (pack_text(name), account)).fetchall():
            yield id, self._event(id)

    def find_update(self, event: int, optimizer: str) -> tuple[int, int] | None:
        """Return place and number of an optimizer's update in which an event is.

        None after its last step.
        """
        row = self._connection.execute(_UPDATE, (event, pack_text(optimizer))).fetchone()
        return None if row is None else (int(row[0]) - 1, int(row[1]))

    def count_updates(self, optimizer: str, number: int, place: int) -> int:
        """Return how many of an optimizer's updates there are, from a number on up to a place."""
        values = (pack_text(optimizer), number, place + 1)
        return int(self._connection.execute(_COUNT, values).fetchone()[0])

    def has_terms(self) -> bool:
        """Whether anything was recorded by loss term."""
        return self._connection.execute(_TERMS).fetchone() is not None

    def count_all(self) -> tuple[int, int]:
        """Return how many tensors and readings are in the file, of all its ranks."""
        tensors, readings = (
            self._connection.execute(query).fetchone()[0] or 0 for query in (_TENSORS, _READINGS)
        )
        return int(tensors), int(readings)

    def count_largest(self) -> int:
        """Return how many events the largest update has, or one that has not ended."""
        spans = [self._connection.execute(query).fetchone()[0] or 0 for query in _SPANS]
        largest = max(spans)
        if largest > _COUNTED:
            largest = min(largest, self._connection.execute(_EVENTS).fetchone()[0])
        return int(largest)

    def find_shards(self) -> dict[str, ShardSeen]:
        """Return by name the tensors of which a rank holds a part only."""
        from backtrace.ledger.rank_facts import ShardSeen

        events = [self._event(id) for (id,) in self._connection.execute(_SHARDS).fetchall()]
        return {event.name: event for event in events if isinstance(event, ShardSeen)}

    def find_shard(self, name: str) -> ShardSeen | None:
        """Return of what a tensor is a part, if it is laid over the ranks."""
        return self.find_shards().get(name)

    def find_drawn(self) -> dict[int, GraphDrawn]:
        """Return by number the graphs that were recorded."""
        from backtrace.ledger.graph_facts import GraphDrawn

        events = [self._event(id) for (id,) in self._connection.execute(_DRAWN).fetchall()]
        return {event.number: event for event in events if isinstance(event, GraphDrawn)}

    def _event(self, id: int) -> Event:
        return next(event for _, event in self._decoder.events(id, id + 1))
