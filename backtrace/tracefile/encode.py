"""Events become rows: a reading that occurs again is written once and referred to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backtrace.ledger.events import Entry, Event, Reading
from backtrace.tracefile import codec
from backtrace.tracefile.columns import Columns, fit, pack_text, to_columns
from backtrace.tracefile.event_shapes import Form, shape_of

_MANY = 10_000  # names and readings that are remembered at once, whatever the trace's length
# An account's readings, each with its id.
_LastReferred = tuple[Reading | None, int | None, Reading | None, int | None]
_Line = tuple[str, Reading | None, Reading | None, Reading | None]  # name, before, after, delta


@dataclass
class TableRows:
    """What is to be written, by table, in the order of its columns."""

    tensors: list[Columns] = field(default_factory=list)
    slots: list[Columns] = field(default_factory=list)
    readings: list[Columns] = field(default_factory=list)
    details: list[Columns] = field(default_factory=list)
    events: list[Columns] = field(default_factory=list)
    entries: list[Columns] = field(default_factory=list)
    updates: list[Columns] = field(default_factory=list)
    accounts: list[Columns] = field(default_factory=list)


class Encoder:
    """Turns events into `rows`, which whoever writes them takes away.

    `is_full` is False when only norms and counts of readings are kept. `is_fresh` tells whether a
    reading, by its id, can still be referred to: one that was thinned out cannot.
    """

    def __init__(self, *, is_full: bool, is_fresh: Callable[[int], bool]) -> None:
        self.rows = TableRows()
        self.used: set[int] = set()
        self._is_full, self._is_fresh = is_full, is_fresh
        self._readings = self._events = 0
        self._tensors: dict[tuple[object, ...], int] = {}
        self._last_tensor: dict[str, int] = {}
        self._tensor_count = 0
        self._slots: dict[tuple[str, ...], int] = {}
        self._accounts: dict[str, _LastReferred] = {}
        self._objects: list[dict[int, tuple[Reading, int]]] = [{}, {}]  # this update's, the last's
        self._columns: list[dict[tuple[object, ...], int]] = [{}, {}]

    def add(self, event: Event, update_id: int) -> int:
        """Add an event's rows; return its id."""
        number, self._events = self._events, self._events + 1
        kind = type(event)
        shape = shape_of(kind)
        line = 0
        columns, more = _event_columns(event)
        for name, form in shape.in_rows.items():
            value = getattr(event, name)
            if form == "terms" and value:
                more[name] = list(value)  # a term without readings has no row
            for term, part in value.items() if form == "terms" else [("", value)]:
                slot = self._slot(event, name, term)
                for tensor, before, after, delta in _lines(form, part, event, name):
                    self._add_entry(number, line, slot, tensor, before, after, delta)
                    line += 1
        data = codec.fields_to_json(event, shape.others, **more)
        index, elapsed, where, rank = columns
        row = (number, index, kind.__name__, elapsed, where, rank, update_id, data)
        self.rows.events.append(row)
        return number

    def refer(self, name: str, reading: Reading | None) -> int | None:
        """Return the id of a reading of the tensor `name`; its rows are added if they must be."""
        if reading is None:
            return None
        key, (recent, older) = id(reading), self._objects
        known = recent.get(key) or older.get(key)
        if known is None or known[0] is not reading or not self._is_fresh(known[1]):
            known = (reading, self._find_equal(name, reading))
        recent[key] = known
        self.used.add(known[1])
        return known[1]

    def refer_again(
        self, name: str, grad: Reading | None, value: Reading | None
    ) -> tuple[int | None, int | None]:
        """Return the ids of an account's readings, which may have been written long ago."""
        found = self._accounts.get(name, (None, None, None, None))
        fresh: list[int | None] = []
        for reading, known, number in ((grad, *found[:2]), (value, *found[2:])):
            if (
                reading is not None
                and known is reading
                and number is not None
                and self._is_fresh(number)
            ):
                self._objects[0][id(reading)] = (reading, number)
                self.used.add(number)
                fresh.append(number)
            else:
                fresh.append(self.refer(name, reading))
        self._accounts[name] = (grad, fresh[0], value, fresh[1])
        return fresh[0], fresh[1]

    def turn(self) -> None:
        """An update is over: forget the readings of the one before it."""
        self._objects = [{}, self._objects[0]]
        self._columns = [{}, self._columns[0]]
        if len(self._tensors) > _MANY:
            self._tensors.clear()
            self._last_tensor.clear()

    def _find_equal(self, name: str, reading: Reading) -> int:
        """Return the id of a reading of the very same columns, or of a new one."""
        tensor = self._tensor(name, reading)
        brief, details = to_columns(reading)
        key = (tensor, *brief, *details)
        found = self._columns[0].get(key) or self._columns[1].get(key)
        if found is None or not self._is_fresh(found):
            self._readings += 1
            found = self._readings
            self.rows.readings.append((found, tensor, *brief))
            if self._is_full:
                self.rows.details.append((found, *details))
        self._columns[0][key] = found
        return found

    def _tensor(self, name: str, reading: Reading | None) -> int:
        if reading is None:
            if name in self._last_tensor:
                return self._last_tensor[name]
            key: tuple[str, tuple[int, ...] | None, str | None] = (name, None, None)
        else:
            key = (name, reading.shape, reading.dtype)
        found = self._tensors.get(key)
        if found is None:
            found, self._tensor_count = self._tensor_count, self._tensor_count + 1
            self._tensors[key] = found
            shape = None if key[1] is None else codec.dump(key[1])
            self.rows.tensors.append((found, pack_text(name), shape, pack_text(key[2])))
        self._last_tensor[name] = found
        return found

    def _slot(self, event: Event, name: str, term: str) -> int:
        account = getattr(event, "account", "value" if name.startswith("value") else "grad")
        key = (type(event).__name__, name, term, account)
        found = self._slots.get(key)
        if found is None:
            found = self._slots[key] = len(self._slots)
            self.rows.slots.append((found, *map(pack_text, key)))
        return found

    def _add_entry(
        self, event: int, line: int, slot: int, name: str,
        before: Reading | None, after: Reading | None, delta: Reading | None,
    ) -> None:  # fmt: skip
        refer = self.refer  # asked only for what is there: most entries lack one or two
        at_first = None if before is None else refer(name, before)
        at_last = None if after is None else refer(name, after)
        added = None if delta is None else refer(name, delta)
        tensor = self._last_tensor.get(name)
        if tensor is None:
            tensor = self._tensor(name, before or after or delta)
        self.rows.entries.append((event, line, slot, tensor, at_first, at_last, added))


def _lines(form: Form, value: Any, event: Event, field: str) -> Iterator[_Line]:
    """Go through the readings of one field, as entries; what is about no tensor is named by it."""
    if form == "single":
        if value is not None:
            yield getattr(event, "name", field), None, value, None
        return
    pairs: Mapping[str, Entry | Reading | None] = value
    for name, found in pairs.items():
        if isinstance(found, Entry):
            yield name, found.before, found.after, found.delta
        else:
            yield name, None, found, None


def _event_columns(event: Event) -> tuple[Columns, dict[str, object]]:
    """Return number, elapsed, place and rank; and by field those that no column can hold."""
    elapsed = event.elapsed
    odd: dict[str, object] = {}
    number, rank = fit(event.index), fit(event.rank)
    if number is None:
        odd["index"] = event.index
    if rank is None:
        odd["rank"] = event.rank
    if not elapsed > 0 and repr(elapsed) != "0.0":  # NaN, or a negative zero
        odd["elapsed"] = elapsed
    return (number, elapsed, pack_text(event.where), rank), odd
