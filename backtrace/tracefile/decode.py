"""Rows become events again, a chunk at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence, Set
from math import prod
from typing import Any

from backtrace.ledger.entry_columns import EntryColumns
from backtrace.ledger.events import Entry, Event, Reading
from backtrace.tracefile import codec
from backtrace.tracefile.columns import read_readings, unpack_text
from backtrace.tracefile.entry_texts import (
    NO_ENTRIES,
    EntryLayouts,
    EntryRun,
    EntryTexts,
    Ids,
    ids_of,
    read_entries,
)
from backtrace.tracefile.event_shapes import COLUMNS, Shape, kind_named, shape_of

_CHUNK = 64  # events that are read at once
_ROOM = 3_000  # entries that are read at once, where one event has no more
_FEW = 500  # variables in one query
_MANY = 10_000  # tensors that are remembered
_DIMENSIONS = 1_000  # of a tensor; torch's own operations end at 64
_READINGS = (
    "SELECT r.id, r.tensor, r.norm, r.zeros, r.nonfinite, d.reading, d.mean, d.min, d.max, "
    "d.width, d.elements, d.digest, d.exact "
    "FROM readings r LEFT JOIN details d ON d.reading = r.id WHERE r.id IN ({})"
)
_EVENTS = (
    "SELECT id, number, kind, elapsed, place, rank, data FROM events "
    "WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
)
_KINDS = _EVENTS.replace(" ORDER", " AND kind IN ({}) ORDER")
_TENSORS = "SELECT id, name, shape, dtype FROM tensors WHERE id IN ({})"
_Row = tuple[Any, ...]
_Column = tuple[Reading | None, ...]


class Decoder:
    """Reads events through a connection; holds the readings of two chunks, no more."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._readings: dict[int | None, Reading | None] = {None: None}
        self._tensors: dict[int, tuple[str, tuple[int, ...], str]] = {}
        self._slots: dict[int, tuple[str, str]] = {}
        self._layouts = EntryLayouts(self.names)
        self._columns: dict[str, tuple[Ids, _Column]] = {}  # of the chunk, by their texts

    def events(self, first: int, end: int) -> Iterator[tuple[int, Event]]:
        """Yield the events from the id `first` up to, and without, the id `end`.

        Raises:
            ValueError, sqlite3.Error and what else odd data leads to.
        """
        most = _CHUNK
        while rows := self._connection.execute(_EVENTS, (first, end, most)).fetchall():
            found = self._entries_that_fit(rows)
            most = min(_CHUNK, 2 * len(found))
            if len(self._tensors) > _MANY:
                self._tensors.clear()
                self._layouts.clear()
            self._fetch_columns(found)
            yield from [
                (row[0], self._event(row, each)) for row, each in zip(rows, found, strict=False)
            ]
            first = rows[len(found) - 1][0] + 1

    def _entries_that_fit(self, rows: list[_Row]) -> list[EntryTexts]:
        """Return the entries of as many of the events as have few together, but of one at least.

        Of a wide model every call has an entry for each of its tensors: as many as that before.
        """
        found: list[EntryTexts] = []
        size = latest = 0
        for id, _, kind, *_ in rows:
            some = NO_ENTRIES
            if shape_of(kind_named(kind)).in_rows:
                if found and size + latest > _ROOM:
                    break
                some = read_entries(self._connection, id)
                latest = some.size or latest
                size += some.size
            found.append(some)
        return found

    def _fetch_columns(self, found: Sequence[EntryTexts]) -> None:
        """Read the readings of the entries; columns of the chunk before are kept where they recur.

        So a chunk may hold as many readings as it has entries, and no more of the one before.
        """
        ids: dict[str, Ids] = {}
        for each in found:
            for text in (each.before, each.after, each.delta) if each.size else ():
                if text not in ids:
                    known = self._columns.get(text)
                    ids[text] = ids_of(text, each.size) if known is None else known[0]
        self.fetch(set().union(*ids.values()))
        get = self._readings.__getitem__
        self._columns = {text: (some, tuple(map(get, some))) for text, some in ids.items()}

    def brief_events(self, first: int, kinds: Sequence[str], most: int) -> list[tuple[int, Event]]:
        """Return the first events of some kinds from the id `first` on, without their entries.

        Raises:
            ValueError, sqlite3.Error and what else odd data leads to.
        """
        query = _KINDS.format(",".join("?" * len(kinds)))
        values = (first, 2**62, *kinds, most)
        return [
            (row[0], self._event(row, NO_ENTRIES))
            for row in self._connection.execute(query, values)
        ]

    def fetch(self, ids: Set[int | None]) -> None:
        """Read the readings with these ids; those of earlier calls are let go of."""
        known = {id: one for id, one in self._readings.items() if id is None or id in ids}
        missing = sorted(id for id in ids - known.keys() if id is not None)
        for start in range(0, len(missing), _FEW):
            some = missing[start : start + _FEW]
            query = _READINGS.format(",".join("?" * len(some)))
            rows = self._connection.execute(query, some).fetchall()
            self._fetch_tensors({row[1] for row in rows})
            known.update(read_readings(rows, self._tensors))
        self._readings = known

    def reading(self, id: int | None) -> Reading | None:
        """Return a reading that was fetched."""
        return self._readings[id]

    def tensor(self, id: int) -> tuple[str, tuple[int, ...], str]:
        """Return a tensor's name, shape and dtype."""
        if id not in self._tensors:
            self._fetch_tensors({id})
        return self._tensors[id]

    def names(self, tensors: Sequence[int]) -> list[str]:
        """Return the names of tensors."""
        self._fetch_tensors(set(tensors))
        return [self._tensors[id][0] for id in tensors]

    def lines(self, slot: tuple[str, str], rows: Sequence[_Row]) -> dict[str, Any]:
        """Return entries, or readings, of one kind's field by tensor's name.

        A row is `(tensor, before, after, delta)`.
        """
        shape = shape_of(kind_named(slot[0]))
        names = self.names([row[0] for row in rows])
        self.fetch(set().union(*(row[1:] for row in rows)))
        get = self._readings.__getitem__
        if shape.forms[slot[1]] == "entries":
            found = (Entry(*map(get, row[1:])) for row in rows)
            return dict(zip(names, found, strict=True))
        return dict(zip(names, (get(row[2]) for row in rows), strict=True))

    def _fetch_tensors(self, ids: Set[int]) -> None:
        """Read the tensors with these ids that are not known yet."""
        # Not `ids - keys`: that goes through all tensors that are known.
        missing = sorted(id for id in ids if id not in self._tensors)
        for start in range(0, len(missing), _FEW):
            some = missing[start : start + _FEW]
            query = _TENSORS.format(",".join("?" * len(some)))
            for id, name, shape, dtype in self._connection.execute(query, some):
                sizes = () if shape is None else _sizes_in(shape)
                self._tensors[id] = (_text(name), sizes, unpack_text(dtype) or "")
        if lost := [id for id in missing if id not in self._tensors]:
            raise ValueError(f"row {lost[0]} is missing")

    def _slot(self, id: int) -> tuple[str, str]:
        """Return the field of a slot, and the loss term."""
        found = self._slots.get(id)
        if found is None:
            field, term = self._row("SELECT field, term FROM slots WHERE id = ?", id)
            found = self._slots[id] = (_text(field), _text(term))
        return found

    def _row(self, query: str, id: int) -> _Row:
        row = self._connection.execute(query, (id,)).fetchone()
        if row is None:
            raise ValueError(f"row {id} is missing")
        return tuple(row)

    def _event(self, row: _Row, entries: EntryTexts) -> Event:
        _, number, kind, elapsed, where, rank, data = row
        shape = shape_of(kind_named(kind))
        found = codec.fields_of_json(data, shape.kind, (*shape.others, *COLUMNS))
        found.setdefault("index", number)
        found.setdefault("elapsed", elapsed)
        found.setdefault("rank", rank)
        found["where"] = _text(where)
        fields: dict[str, Any] = {}
        for name, form in shape.in_rows.items():
            terms = found.pop(name, ())
            fields[name] = {term: {} for term in terms} if form == "terms" else {}
        for run in self._layouts.runs(entries):
            self._enter(fields, shape, run, entries)
        for name, form in shape.in_rows.items():
            found[name] = fields[name].get("") if form == "single" else fields[name]
        return _make(shape, found)

    def _enter(
        self, fields: dict[str, Any], shape: Shape, run: EntryRun, entries: EntryTexts
    ) -> None:
        """Enter the entries of one slot; every reading of a run passes here: as columns."""
        field, term = self._slot(run.slot)
        form, which, names = shape.forms[field], slice(run.begin, run.end), run.names
        after = self._columns[entries.after][1][which]
        if form == "single":
            fields[field][""] = after[-1]
            return
        if form == "entries":
            before = self._columns[entries.before][1][which]
            delta = self._columns[entries.delta][1][which]
            if run.is_unique and not fields[field]:
                fields[field] = EntryColumns(names, before, after, delta)
                return
            made = zip(names, map(Entry, before, after, delta), strict=True)
            fields[field] = {**fields[field], **dict(made)}
            return
        target = fields[field][term] if form == "terms" else fields[field]
        target.update(zip(names, after, strict=True))


def _make(shape: Shape, found: Mapping[str, Any]) -> Event:
    if type(found["index"]) is not int or type(found["rank"]) is not int:
        raise ValueError("an event without a number")
    if type(found["elapsed"]) is not float:
        raise ValueError("an event without a time")
    return shape.kind(**found)


def _text(found: object) -> str:
    text = unpack_text(found)
    if text is None:
        raise ValueError("a text is missing")
    return text


def _sizes_in(text: str) -> tuple[int, ...]:
    """Return a shape; one that no tensor has would take long to multiply, and be no float."""
    sizes = codec.load(text, tuple[int, ...])
    if len(sizes) > _DIMENSIONS or min(sizes, default=0) < 0 or prod(sizes) >= 2**63:
        raise ValueError(f"no tensor has such a shape ({len(sizes)} dimensions)")
    return sizes
