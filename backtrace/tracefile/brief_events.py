"""Reads the events that rules over ranks need; their entries stay in the file until asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from backtrace.ledger.events import Event
from backtrace.ledger.stored_entries import StoredEntries
from backtrace.tracefile.codec import NAN
from backtrace.tracefile.decode import Decoder
from backtrace.tracefile.event_shapes import shape_of

Guard = Callable[[Callable[[], Any]], Any]

KINDS = (
    "ForwardRan", "BatchDrawn", "BackwardRan", "GradsReduced", "GradsZeroed", "GradsRescaled",
    "Edited", "StepSkipped", "StepTaken", "GraphSeen", "LossCalled", "ReplicasRead",
    "WrapperSeen", "ShardSeen", "ParameterSeen", "OptimizerSeen", "ProxySeen", "StepsPassed",
)  # fmt: skip
_MANY = 64  # lists of names that are remembered
_AFTER = "JOIN readings a ON a.id = e.after"


def _query(columns: str, join: str = "", more: str = "") -> str:
    return (
        f"SELECT {columns} FROM entries e {join} WHERE e.event = ? AND e.slot IN "
        f"(SELECT id FROM slots WHERE kind = ? AND field = ?) {more}"
    )


_NAMES = _query("group_concat(e.tensor)")
_NAMES_READ = _query("group_concat(e.tensor)", more="AND e.after IS NOT NULL")
_CHANGED = _query("e.tensor", more="AND e.before IS NOT e.after LIMIT 1")
_NORMS = _query("e.tensor, a.norm", join=_AFTER)
_FACTOR = _query(
    "min(a.norm / b.norm), max(a.norm / b.norm), count(a.norm / b.norm), count(*)",
    join=f"LEFT {_AFTER} LEFT JOIN readings b ON b.id = e.before",
)
_SOME = _query("e.tensor, e.before, e.after, e.delta", more="AND e.tensor IN ({})")


class BriefEvents:
    """Events of a file, some at a time, with entries that are looked up where they are needed."""

    def __init__(self, connection: sqlite3.Connection, decoder: Decoder, guard: Guard) -> None:
        self.connection, self.decoder, self.guard = connection, decoder, guard
        self._lists: dict[str | None, dict[str, int]] = {None: {}}

    def read(self, first: int, most: int) -> list[tuple[int, Event]]:
        """Return the next events from the id `first` on.

        Raises:
            TraceFileError: the file is damaged.
        """
        found = self.guard(lambda: self.decoder.brief_events(first, KINDS, most))
        return [(id, replace(event, **self._entries(id, event))) for id, event in found]

    def shrink(self) -> None:
        """Let go of the pages that SQLite holds, up to 2 MB a file; they are read again."""
        self.guard(lambda: self.connection.execute("PRAGMA shrink_memory"))

    def tensors(self, ids: str | None) -> dict[str, int]:
        """Return tensors, whose ids stand in a text, by their names; not to be changed."""
        found = self._lists.get(ids)
        if found is None:
            if len(self._lists) > _MANY:
                self._lists = {None: {}}
            numbers = [int(id) for id in (ids or "").split(",")]
            names = self.decoder.names(numbers)
            found = self._lists[ids] = dict(zip(names, numbers, strict=True))
        return found

    def _entries(self, id: int, event: Event) -> dict[str, StoredEntries]:
        kind = type(event)
        return {
            field: StoredEntries(_StoredField(self, (id, kind.__name__, field)))
            for field, form in shape_of(kind).in_rows.items()
            if form in ("entries", "readings") and field != "values"
        }


class _StoredField:
    """The entries of one field of one event, in a file."""

    def __init__(self, file: BriefEvents, key: tuple[int, str, str]) -> None:
        self._file, self._key = file, key
        self._tensors: dict[str, int] | None = None

    def names(self) -> Collection[str]:
        if self._tensors is None:
            self._tensors = self._ask(lambda: self._find_tensors(_NAMES))
        return self._tensors.keys()

    def names_read(self) -> Collection[str]:
        found: dict[str, int] = self._ask(lambda: self._find_tensors(_NAMES_READ))
        return found.keys()

    def some(self, names: Iterable[str]) -> Mapping[str, Any]:
        there = self.names()
        wanted = [name for name in names if name in there]
        if not wanted or self._tensors is None:
            return {}
        ids = [self._tensors[name] for name in wanted]
        query = _SOME.format(",".join(map(str, ids)))

        def read() -> dict[str, Any]:
            rows = self._execute(query).fetchall()
            return self._file.decoder.lines(self._key[1:], rows)

        found: dict[str, Any] = self._ask(read)
        return found

    def all(self) -> Mapping[str, Any]:
        id, _, field = self._key

        def read() -> Mapping[str, Any]:
            _, event = next(self._file.decoder.events(id, id + 1))
            found: Mapping[str, Any] = getattr(event, field)
            return found

        found: Mapping[str, Any] = self._ask(read)
        return found

    def is_unchanged(self) -> bool:
        row = self._ask(lambda: self._execute(_CHANGED).fetchone())
        if row is None:
            return True  # a reading that occurs again is written once, as a rule
        (first,) = self.some(self._file.decoder.names([row[0]])).values()
        is_same: bool = first.before == first.after
        return is_same and all(entry.before == entry.after for entry in self.all().values())

    def norms(self) -> Mapping[str, float]:
        def read() -> dict[str, float]:
            rows = self._execute(_NORMS).fetchall()
            names = self._file.decoder.names([row[0] for row in rows])
            norms = (NAN if norm is None else float(norm) for _, norm in rows)
            return dict(zip(names, norms, strict=True))

        found: dict[str, float] = self._ask(read)
        return found

    def factor(self) -> tuple[float, float] | None:
        low, high, known, count = self._ask(lambda: self._execute(_FACTOR).fetchone())
        return (float(low), float(high)) if count and known == count else None

    def _find_tensors(self, query: str) -> dict[str, int]:
        return self._file.tensors(self._execute(query).fetchone()[0])

    def _execute(self, query: str) -> sqlite3.Cursor:
        return self._file.connection.execute(query, self._key)

    def _ask(self, read: Callable[[], Any]) -> Any:
        return self._file.guard(read)
