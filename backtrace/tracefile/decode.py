"""Rows become events again, a chunk at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import groupby
from typing import Any, NamedTuple

from backtrace.ledger.entry_columns import EntryColumns
from backtrace.ledger.events import Entry, Event, Reading
from backtrace.tracefile import codec
from backtrace.tracefile.columns import from_columns, unpack_text
from backtrace.tracefile.event_shapes import COLUMNS, Shape, kind_named, shape_of

_CHUNK = 64  # events that are read at once
_ROOM = 3_000  # entries that are read at once, where one event has no more
_FEW = 500  # variables in one query
_MANY = 10_000  # tensors that are remembered
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
_ENTRIES = "SELECT slot, tensor, before, after, delta FROM entries WHERE event = ? ORDER BY line"
_TENSORS = "SELECT id, name, shape, dtype FROM tensors WHERE id IN ({})"
_CALLS = 16  # lists of tensors that are remembered: those of a loop's calls
_Row = tuple[Any, ...]
_Ids = tuple[Any, ...]


class _EntryRows(NamedTuple):
    """Rows of entries as columns, in their order."""

    slots: _Ids
    tensors: _Ids
    before: _Ids
    after: _Ids
    delta: _Ids

    @property
    def readings(self) -> tuple[_Ids, _Ids, _Ids]:
        """The columns of readings."""
        return self.before, self.after, self.delta

    def by_slot(self) -> Iterator[tuple[int, _EntryRows]]:
        """Yield those of each slot, and that."""
        start = 0
        for slot, some in groupby(self.slots):
            end = start + len(tuple(some))
            yield slot, _EntryRows(*(column[start:end] for column in self))
            start = end


_NO_ROWS = _EntryRows((), (), (), (), ())


class Decoder:
    """Reads events through a connection; holds the readings of two chunks, no more."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._readings: dict[int | None, Reading | None] = {None: None}
        self._tensors: dict[int, tuple[str, tuple[int, ...], str]] = {}
        self._slots: dict[int, tuple[str, str]] = {}
        self._names: dict[tuple[int, ...], tuple[tuple[str, ...], bool]] = {}

    def events(self, first: int, end: int) -> Iterator[tuple[int, Event]]:
        """Yield the events from the id `first` up to, and without, the id `end`.

        Raises:
            ValueError, sqlite3.Error and what else odd data leads to.
        """
        most = _CHUNK
        while rows := self._connection.execute(_EVENTS, (first, end, most)).fetchall():
            lines = self._lines_that_fit(rows)
            most = min(_CHUNK, 2 * len(lines))
            if len(self._tensors) > _MANY:
                self._tensors.clear()
                self._names.clear()
            self._fetch_tensors(set().union(*(each.tensors for each in lines)))
            self.fetch(set().union(*(column for each in lines for column in each.readings)))
            yield from [
                (row[0], self._event(row, each)) for row, each in zip(rows, lines, strict=False)
            ]
            first = rows[len(lines) - 1][0] + 1

    def _lines_that_fit(self, rows: list[_Row]) -> list[_EntryRows]:
        """Return the entries of as many of the events as have few together, but of one at least.

        Of a wide model every call has an entry for each of its tensors: as many as that before.
        """
        found: list[_EntryRows] = []
        size = latest = 0
        for id, _, kind, *_ in rows:
            some: list[_Row] = []
            if shape_of(kind_named(kind)).in_rows:
                if found and size + latest > _ROOM:
                    break
                some = self._connection.execute(_ENTRIES, (id,)).fetchall()
                latest = len(some) or latest
                size += len(some)
            found.append(_EntryRows(*zip(*some, strict=True)) if some else _NO_ROWS)
        return found

    def brief_events(self, first: int, kinds: Sequence[str], most: int) -> list[tuple[int, Event]]:
        """Return the first events of some kinds from the id `first` on, without their entries.

        Raises:
            ValueError, sqlite3.Error and what else odd data leads to.
        """
        query = _KINDS.format(",".join("?" * len(kinds)))
        values = (first, 2**62, *kinds, most)
        return [
            (row[0], self._event(row, _NO_ROWS)) for row in self._connection.execute(query, values)
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
            tensors = self._tensors
            for row in rows:
                _, shape, dtype = tensors[row[1]]
                details = None if row[5] is None else row[6:]
                known[row[0]] = from_columns(shape, dtype, row[2:5], details)
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
                sizes = () if shape is None else codec.load(shape, tuple[int, ...])
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

    def _event(self, row: _Row, lines: _EntryRows) -> Event:
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
        for slot, some in lines.by_slot():
            self._enter(fields, shape, slot, some)
        for name, form in shape.in_rows.items():
            found[name] = fields[name].get("") if form == "single" else fields[name]
        return _make(shape, found)

    def _enter(self, fields: dict[str, Any], shape: Shape, slot: int, lines: _EntryRows) -> None:
        """Enter lines of one slot; every reading of a run passes here, so each look-up counts."""
        field, term = self._slot(slot)
        form, get = shape.forms[field], self._readings.__getitem__
        after = tuple(map(get, lines.after))
        if form == "single":
            fields[field][""] = after[-1]
            return
        names, is_unique = self._names_of(lines.tensors)
        if form == "entries":
            before, delta = tuple(map(get, lines.before)), tuple(map(get, lines.delta))
            if is_unique and not fields[field]:
                fields[field] = EntryColumns(names, before, after, delta)
                return
            entries = zip(names, map(Entry, before, after, delta), strict=True)
            fields[field] = {**fields[field], **dict(entries)}
            return
        target = fields[field][term] if form == "terms" else fields[field]
        target.update(zip(names, after, strict=True))

    def _names_of(self, tensors: tuple[int, ...]) -> tuple[tuple[str, ...], bool]:
        """Return the names of tensors, and whether each is there once: the same in most calls."""
        found = self._names.get(tensors)
        if found is None:
            names = tuple(self._tensors[id][0] for id in tensors)
            if len(self._names) > _CALLS:
                self._names.clear()
            found = self._names[tensors] = names, len(set(names)) == len(names)
        return found


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
