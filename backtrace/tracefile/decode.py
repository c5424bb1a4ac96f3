"""Rows become events again, a chunk at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import groupby
from typing import Any

from backtrace.ledger.events import Entry, Event, Reading
from backtrace.tracefile import codec
from backtrace.tracefile.columns import from_columns, unpack_text
from backtrace.tracefile.event_shapes import COLUMNS, Shape, kind_named, shape_of

_CHUNK = 64  # events that are read at once
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
_ENTRIES = (
    "SELECT event, slot, tensor, before, after, delta FROM entries "
    "WHERE event >= ? AND event <= ? ORDER BY event, line"
)
_Row = tuple[Any, ...]


class Decoder:
    """Reads events through a connection; holds the readings of two chunks, no more."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._readings: dict[int | None, Reading | None] = {None: None}
        self._tensors: dict[int, tuple[str, tuple[int, ...], str]] = {}
        self._slots: dict[int, tuple[str, str]] = {}

    def events(self, first: int, end: int) -> Iterator[tuple[int, Event]]:
        """Yield the events from the id `first` up to, and without, the id `end`.

        Raises:
            ValueError, sqlite3.Error and what else odd data leads to.
        """
        while True:
            rows = self._connection.execute(_EVENTS, (first, end, _CHUNK)).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            found = self._connection.execute(_ENTRIES, (first, last)).fetchall()
            self.fetch({id for row in found for id in row[3:]})
            entries = {event: list(lines) for event, lines in groupby(found, lambda row: row[0])}
            yield from [(row[0], self._event(row, entries.get(row[0], []))) for row in rows]
            first = last + 1

    def brief_events(self, first: int, kinds: Sequence[str], most: int) -> list[tuple[int, Event]]:
        """Return the first events of some kinds from the id `first` on, without their entries.

        Raises:
            ValueError, sqlite3.Error and what else odd data leads to.
        """
        query = _KINDS.format(",".join("?" * len(kinds)))
        values = (first, 2**62, *kinds, most)
        return [(row[0], self._event(row, [])) for row in self._connection.execute(query, values)]

    def fetch(self, ids: Set[int | None]) -> None:
        """Read the readings with these ids; those of earlier calls are let go of."""
        known = {id: self._readings[id] for id in {None, *ids} & self._readings.keys()}
        missing = sorted(id for id in ids if id not in known and id is not None)
        for start in range(0, len(missing), _FEW):
            some = missing[start : start + _FEW]
            query = _READINGS.format(",".join("?" * len(some)))
            for id, tensor, norm, zeros, nonfinite, full, *details in self._connection.execute(
                query, some
            ):
                _, shape, dtype = self.tensor(tensor)
                brief = (norm, zeros, nonfinite)
                columns = None if full is None else tuple(details)
                known[id] = from_columns(shape, dtype, brief, columns)
        self._readings = known

    def reading(self, id: int | None) -> Reading | None:
        """Return a reading that was fetched."""
        return self._readings[id]

    def tensor(self, id: int) -> tuple[str, tuple[int, ...], str]:
        """Return a tensor's name, shape and dtype."""
        found = self._tensors.get(id)
        if found is None:
            query = "SELECT name, shape, dtype FROM tensors WHERE id = ?"
            name, shape, dtype = self._row(query, id)
            sizes = () if shape is None else codec.load(shape, tuple[int, ...])
            found = (_text(name), sizes, unpack_text(dtype) or "")
            if len(self._tensors) > _MANY:
                self._tensors.clear()
            self._tensors[id] = found
        return found

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

    def _event(self, row: _Row, lines: list[_Row]) -> Event:
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
        for line in lines:
            self._enter(fields, shape, line)
        for name, form in shape.in_rows.items():
            found[name] = fields[name].get("") if form == "single" else fields[name]
        return _make(shape, found)

    def _enter(self, fields: dict[str, Any], shape: Shape, line: _Row) -> None:
        _, slot, tensor, before, after, delta = line
        field, term = self._slot(slot)
        form, name = shape.forms[field], self.tensor(tensor)[0]
        readings = self._readings
        if form == "entries":
            fields[field][name] = Entry(readings[before], readings[after], readings[delta])
        elif form == "terms":
            fields[field][term][name] = readings[after]
        else:
            fields[field]["" if form == "single" else name] = readings[after]


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
