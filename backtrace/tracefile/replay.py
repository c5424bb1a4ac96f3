"""Any update of a trace file, made of its own events and the accounts that it opened with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, overload

from backtrace.ledger.accounts import Accounts
from backtrace.ledger.events import Event, ParameterSeen, StepTaken
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.open_books import OpenBooks
from backtrace.ledger.open_update import OpenUpdate
from backtrace.ledger.updates import Update
from backtrace.tracefile.columns import unpack_text
from backtrace.tracefile.decode import Decoder
from backtrace.tracefile.find_entries import EntryFinder

Guard = Callable[[Callable[[], Any]], Any]
_END = 2**63 - 1
_UPDATES = "SELECT number, optimizer, first, last, alone FROM updates WHERE id = ?"
_TITLES = "SELECT id, number, optimizer, loss, elapsed FROM updates"
_BASE = "SELECT max(event) FROM accounts WHERE event <= ?"
_ACCOUNTS = "SELECT seen, grad, value FROM accounts WHERE event = ? ORDER BY line"
_REST = "SELECT 1 FROM events WHERE id > ? AND kind IN ('BackwardRan', 'Edited') LIMIT 1"


@dataclass(frozen=True, slots=True)
class UpdateEntry:
    """An update as it stands in a list: place in `updates`, number, whose it is, loss, time."""

    place: int
    number: int
    optimizer: str
    loss: float | None
    elapsed: float
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class UpdateEvents:
    """The events of one update, the id of the first, and the accounts as that one found them."""

    first: int
    accounts: Accounts
    events: list[Event]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Events from one id up to, and without, another, and the accounts before them."""

    first: int
    end: int
    accounts: Accounts
    events: list[Event]


class Replay:
    """Makes updates through one connection; raises what odd data leads to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.decoder = Decoder(connection)
        self.finder = EntryFinder(connection, self.decoder)
        # Where the last update ended, and the accounts there: of updates that are asked for in
        # order, each event is read once.
        self._reached: tuple[int, Accounts] | None = None
        # What was asked for last: most updates are made of the events of one stretch.
        self._stretch: _Stretch | None = None
        self._seen: dict[int, ParameterSeen] = {}  # of the accounts that were read last

    def count(self) -> int:
        """Return how many updates a step ended."""
        return int(self._one("SELECT count(*) FROM updates"))

    def outline(self, number: int | None = None) -> list[UpdateEntry]:
        """Return the titles of the updates that a step ended; of one number, if it is given."""
        where, values = ("", ()) if number is None else (" WHERE number = ?", (number,))
        rows = self._connection.execute(f"{_TITLES}{where} ORDER BY id", values)
        return [
            UpdateEntry(int(id) - 1, int(n), _text(o), None if x is None else float(x), float(time))
            for id, n, o, x, time in rows
        ]

    def update(self, place: int) -> Update:
        """Return the update at a place, the first at 0."""
        row = self._connection.execute(_UPDATES, (place + 1,)).fetchone()
        if row is None:
            raise ValueError(f"update {place + 1} is missing")
        number, optimizer, first, last, alone = row
        found: Update = self._build(number, _text(optimizer), first, last, alone=bool(alone))
        return found

    def stretch(self, place: int, most: int) -> tuple[Accounts, list[Event]]:
        """Return the accounts before what led to the step at a place, and those events, `most`.

        Here every optimizer's step ends a stretch; what is left at the end is one more. Tensors
        that were seen are not counted: there may be more of them than calls.
        """
        query = "SELECT last FROM updates WHERE id = ?"
        lasts = [
            None if row is None else int(row[0])
            for row in (
                self._connection.execute(query, (id,)).fetchone() for id in (place, place + 1)
            )
        ]
        first = 0 if lasts[0] is None else lasts[0] + 1
        end = _END if lasts[1] is None else lasts[1] + 1
        found: list[Event] = []
        for _, event in self.decoder.events(first, end):
            most -= not isinstance(event, ParameterSeen)
            if most < 0:
                break
            found.append(event)
        accounts = self._accounts_before(first)
        self._stretch = _Stretch(first, end, accounts.copy(), found) if most >= 0 else None
        return accounts, found

    def update_events(self, place: int) -> UpdateEvents:
        """Return the events of the update at a place."""
        row = self._connection.execute(_UPDATES, (place + 1,)).fetchone()
        if row is None:
            first, last = self._unfinished()[place - self.count()][0], None
        else:
            _, _, first, last, _ = row
        end = _END if last is None else last + 1
        accounts = self._accounts_before(first)
        return UpdateEvents(
            first, accounts, [event for _, event in self.decoder.events(first, end)]
        )

    def seen_at(self, ids: Sequence[int]) -> dict[int, ParameterSeen]:
        """Return what was written of tensors: mostly what the accounts asked for last tell of."""
        found = {id: self._seen[id] for id in ids if id in self._seen}
        missing = [id for id in ids if id not in found]
        for _, some in groupby(enumerate(missing), lambda each: each[1] - each[0]):
            row = [id for _, id in some]  # ids in a row, as those of a model's tensors are
            for id, event in self.decoder.events(row[0], row[-1] + 1):
                if isinstance(event, ParameterSeen):
                    found[id] = event
        if lost := [id for id in ids if id not in found]:
            raise ValueError(f"event {lost[0]} is no ParameterSeen")
        return found

    def unfinished_updates(self) -> list[Update]:
        """Return what each optimizer has left at the end: backwards without a step, and edits."""
        return [update for _, update in self._unfinished()]

    def _unfinished(self) -> list[tuple[int, Update]]:
        """Return the same, each with the id of its first event."""
        last = self._one("SELECT coalesce(max(last), -1) FROM updates")
        if self._connection.execute(_REST, (last,)).fetchone() is None:
            return []
        rows = self._connection.execute(
            "SELECT number, optimizer, first FROM open_updates ORDER BY id LIMIT 1000"
        ).fetchall()
        alone = len(rows) <= 1
        found = []
        for number, optimizer, first in rows:
            update = self._build(number, _text(optimizer), first, None, alone=alone)
            if update is not None:
                found.append((first, update))
        return found

    def _build(
        self, number: int, optimizer: str, first: int, last: int | None, *, alone: bool
    ) -> Any:
        accounts, events = self._opened(first, _END if last is None else last + 1)
        books = OpenBooks(accounts)
        update = OpenUpdate(optimizer, books)
        event: Event | None = None
        for event in events:
            books.take(event, accounts.take(event))
        if last is None:
            return update.close(number, None, alone=alone) if update.has_entries() else None
        if not isinstance(event, StepTaken):
            raise ValueError(f"update {number} ends with no step")
        self._reached = last + 1, accounts
        return update.close(number, event, alone=alone)

    def _opened(self, first: int, end: int) -> tuple[Accounts, Iterable[Event]]:
        """Return the accounts before some events, and these: no second time if they are at hand."""
        known, self._stretch = self._stretch, None
        if known is not None and (known.first, known.end) == (first, end):
            return known.accounts, known.events
        accounts = self._accounts_before(first)
        return accounts, (event for _, event in self.decoder.events(first, end))

    def _accounts_before(self, first: int) -> Accounts:
        """Return the accounts as they were before the event with the id `first`."""
        base = self._one(_BASE, first) or 0
        reached, self._reached = self._reached, None
        if reached is not None and base <= reached[0] <= first:
            start, accounts = reached
        else:
            start, accounts = base, self._accounts_at(base)
        for _, event in self.decoder.events(start, first):
            accounts.take(event)
        return accounts

    def _accounts_at(self, base: int) -> Accounts:
        """Return the accounts that were written down before the event with the id `base`."""
        accounts = Accounts()
        rows = self._connection.execute(_ACCOUNTS, (base,)).fetchall()
        self.decoder.fetch({id for row in rows for id in row[1:]})
        readings = [tuple(map(self.decoder.reading, row[1:])) for row in rows]
        self._seen = self.seen_at(sorted({row[0] for row in rows}))
        for (seen, *_), (grad, value) in zip(rows, readings, strict=True):
            accounts.restore(self._seen[seen], grad, value)
        return accounts

    def _one(self, query: str, *values: Any) -> Any:
        return self._connection.execute(query, values).fetchone()[0]


class Updates(Sequence[Update]):
    """The updates of a trace file; each is made when it is asked for."""

    def __init__(self, replay: Callable[[], Replay], guard: Guard, events: Sequence[Event]) -> None:
        self._replay, self._guard, self._events = replay, guard, events

    def __len__(self) -> int:
        def count() -> int:
            replay = self._replay()
            return replay.count() + len(replay.unfinished_updates())

        return int(self._guard(count))

    @overload
    def __getitem__(self, place: int) -> Update: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Update]: ...

    def __getitem__(self, place: int | slice) -> Update | Sequence[Update]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        found: Update = self._guard(lambda: self._at(place))
        return found

    def __iter__(self) -> Iterator[Update]:
        ledger = Ledger()

        def take(event: Event) -> list[Update]:
            return list(ledger.take(event))

        for event in self._events:
            yield from self._guard(partial(take, event))
        yield from self._guard(lambda: list(ledger.unfinished_updates()))

    def _at(self, place: int) -> Update:
        replay = self._replay()
        count = replay.count()
        if 0 <= place < count:
            return replay.update(place)
        rest = replay.unfinished_updates()
        if place < 0:
            place += count + len(rest)
        if 0 <= place < count:
            return replay.update(place)
        if not count <= place < count + len(rest):
            raise IndexError(f"there is no update at {place}")
        return rest[place - count]


def _text(found: object) -> str:
    return unpack_text(found) or ""
