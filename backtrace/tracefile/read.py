"""Reads a trace file: its header, its events as a stream, and any of its updates at once."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, overload

from backtrace.errors import TraceFileError
from backtrace.ledger.accounts import Accounts
from backtrace.ledger.events import Event, ParameterSeen
from backtrace.ledger.rank_end import RankEnd
from backtrace.ledger.trace import Header, Trace
from backtrace.ledger.updates import Update
from backtrace.tracefile import codec
from backtrace.tracefile.brief_events import BriefEvents
from backtrace.tracefile.connect import connect_to_read
from backtrace.tracefile.find_entries import EntryFinder
from backtrace.tracefile.plot_series import SERIES, Field, Point, read_point
from backtrace.tracefile.process import this_process
from backtrace.tracefile.ranks import RankSpan, choose_rank
from backtrace.tracefile.replay import _END, Replay, UpdateEntry, UpdateEvents, Updates

Found = TypeVar("Found")

_ODD = (
    sqlite3.Error, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
    RecursionError, MemoryError, ZeroDivisionError,
)  # fmt: skip


class TraceFile(Trace):
    """A trace in a file: nothing of it is held in memory but what was asked for last.

    Of a file that is still being written one sees what is finished. `events` and `updates` are
    sequences that can be gone through again and again.

    Of a run on several ranks it is the trace of one: `rank`, or the lowest in the file.

    Raises:
        TraceFileError: on opening and on reading: there is no such file, it is not a trace file, it
            is damaged, or another version wrote it; or it does not hold that rank.
    """

    def __init__(self, path: str | os.PathLike[str], rank: int | None = None) -> None:
        self.path = Path(path)
        self.ranks: tuple[RankSpan, ...] = ()
        self._rank = rank
        self._connection: sqlite3.Connection | None = None
        self._replay: Replay | None = None
        super().__init__(self._guard(self._read_header), Events(self))

    def __enter__(self) -> TraceFile:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; it is opened again when something is read."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._replay = None

    @property
    def rank(self) -> int:
        """The rank whose trace this is; 0 of a run on one process."""
        if self._rank is None and self.ranks:
            return self.ranks[0].rank
        return self._rank or 0

    @property
    def is_finished(self) -> bool:
        """Whether the run came to its own end: no Ctrl-C, no `kill`, no lack of room."""
        return self._ending("interrupted") is False

    @property
    def seconds(self) -> float | None:
        """How long the run took; None when it was killed, or goes on."""
        found = self._ending("seconds")
        return float(found) if isinstance(found, int | float) else None

    @property
    def rank_end(self) -> RankEnd:
        """How the recording ended, and what ended its script."""
        return RankEnd.read(self._ending)

    @property
    def process(self) -> dict[str, Any]:
        """Which process wrote it, as `this_process` tells it there."""
        found = self._ending("process")
        return found if isinstance(found, dict) else {}

    @property
    def is_of_this_process(self) -> bool:
        """Whether the process that reads it has written it."""
        return self.process == this_process()

    @property
    def recording(self) -> dict[str, Any]:
        """What was kept: `readings` (norm or full), `last`, `params`."""
        found = self._ending("recording")
        return found if isinstance(found, dict) else {}

    @property
    def plan(self) -> dict[str, int]:
        """What a config's run had planned: `parameters`, `updates`, `updates_per_epoch`."""
        found = self._ending("plan")
        known = found.items() if isinstance(found, dict) else ()
        return {key: value for key, value in known if isinstance(value, int)}

    @property
    def updates(self) -> Sequence[Update]:
        """The updates that the events make, the unfinished ones included."""
        return Updates(self.replay, self._guard, self.events)

    @property
    def losses(self) -> list[float]:
        """The loss of every update that had one."""

        def read() -> list[float]:
            rows = self._query("SELECT loss FROM updates WHERE loss IS NOT NULL ORDER BY id")
            rest = [update.loss for update in self.replay().unfinished_updates()]
            return [*(float(loss) for (loss,) in rows), *(x for x in rest if x is not None)]

        return self._guard(read)

    def _numbers(self) -> list[int]:
        return [entry.number for entry in self.outline()]

    def outline(self, number: int | None = None) -> list[UpdateEntry]:
        """Return every update's place in `updates` and its title, or those of one number."""

        def read() -> list[UpdateEntry]:
            found = self.replay().outline(number)
            rest = enumerate(self.replay().unfinished_updates(), self.replay().count())
            more = [
                UpdateEntry(at, each.index, each.optimizer, each.loss, 0.0, is_complete=False)
                for at, each in rest
                if number in (None, each.index)
            ]
            return [*found, *more]

        return self._guard(read)

    @property
    def parameters(self) -> dict[str, ParameterSeen]:
        """The latest `ParameterSeen` of every tensor, by name."""

        def read() -> dict[str, ParameterSeen]:
            query = "SELECT id FROM events WHERE kind = 'ParameterSeen' ORDER BY id"
            seen = self.replay().seen_at([id for (id,) in self._query(query)])
            return {event.name: event for event in seen.values()}

        return self._guard(read)

    def series(self, field: Field, *, optimizer: str | None = None) -> Iterator[Point]:
        """Yield `(update, tensor, number)` for plots, in the order of the updates.

        The number is the norm of the gradient that `step` read, of the value that it left or of
        the change that it made; `ratio`, the norm of the change over that of the value before;
        or `zeros`, the share of zeros in that gradient.
        """
        query = SERIES[field]
        values: list[str] = []
        if optimizer is not None:
            query, values = f"{query} AND optimizer = ?", [optimizer]
        rows = self._guard(lambda: self._query(query, *values))
        while chunk := self._guard(lambda: rows.fetchmany(1000)):
            yield from self._guard(partial(list, map(read_point, chunk)))

    def stretch(self, place: int, most: int = 2000) -> tuple[Accounts, list[Event]]:
        """Return the accounts as the step before a place left them, and what followed up to it."""
        return self._guard(lambda: self.replay().stretch(place, most))

    def update_events(self, place: int) -> UpdateEvents:
        """Return the events of the update at a place, and the accounts that it found."""
        return self._guard(lambda: self.replay().update_events(place))

    def search(self, find: Callable[[EntryFinder], Found]) -> Found:
        """Return what is found by one question: `trace.search(lambda f: f.find_shard(name))`."""
        return self._guard(lambda: find(self.replay().finder))

    def replay(self) -> Replay:
        """Return what makes updates of this file's rows; it raises as SQLite does."""
        if self._replay is None:
            self._replay = Replay(self._open())
        return self._replay

    def event_at(self, place: int) -> Event:
        """Return one event; places count from 0."""
        return self._guard(lambda: self._event_at(place))

    def count_events(self) -> int:
        """Return how many events there are."""
        return int(self._guard(lambda: self._query("SELECT count(*) FROM events").fetchone()[0]))

    def stream_events(self) -> Iterator[Event]:
        """Yield all events; a few at a time are in memory."""
        from backtrace.tracefile.decode import Decoder

        found = self._guard(lambda: Decoder(self._open()).events(0, _END))
        while (pair := self._guard(lambda: next(found, None))) is not None:
            yield pair[1]

    def read_events(self, first: int, most: int) -> list[tuple[int, Event]]:
        """Return some events from the id `first` on, each with its id."""
        return self._guard(lambda: list(islice(self.replay().decoder.events(first, _END), most)))

    def brief_events(self) -> BriefEvents:
        """Return what reads the events that rules over ranks need."""
        return self._guard(lambda: BriefEvents(self._open(), self.replay().decoder, self._guard))

    def __repr__(self) -> str:
        losses = self.losses
        span = f", loss {losses[0]:.6g} to {losses[-1]:.6g}" if losses else ""
        end = "" if self.is_finished else ", interrupted or still running"
        count = len(self.updates)
        return f"<TraceFile {self.path} of {count} update{'s'[: count != 1]}{span}{end}>"

    _repr_pretty_ = Trace._repr_pretty_  # IPython asks a class's own `__repr__` before another's

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect_to_read(self.path)
            self.ranks = choose_rank(self.path, self._connection, self._rank)
        return self._connection

    def _query(self, query: str, *values: Any) -> sqlite3.Cursor:
        return self._open().execute(query, values)

    def _guard(self, read: Callable[[], Found]) -> Found:
        """Return what `read` does; whatever odd data leads to is said in one way."""
        try:
            return read()
        except IndexError as error:
            if str(error).startswith("there is no "):  # the place that was asked for
                raise
            raise self._damaged(error) from error
        except _ODD as error:
            raise self._damaged(error) from error

    def _damaged(self, error: BaseException) -> TraceFileError:
        reason = str(error) or type(error).__name__
        return TraceFileError(f"{self.path}: is damaged: {reason:.200}")

    def _read_header(self) -> Header:
        found = dict(self._query("SELECT key, value FROM header LIMIT 1000"))
        hints = codec.hints_of(Header)
        names = [each.name for each in fields(Header) if each.name in found]
        return Header(**{name: codec.load(found[name], hints[name]) for name in names})

    def _ending(self, key: str) -> object:
        def read() -> object:
            row = self._query("SELECT value FROM header WHERE key = ?", key).fetchone()
            return None if row is None else json.loads(row[0])

        return self._guard(read)

    def _event_at(self, place: int) -> Event:
        sign, offset = ("", place) if place >= 0 else (" DESC", -place - 1)
        query = f"SELECT id FROM events ORDER BY id{sign} LIMIT 1 OFFSET ?"
        row = self._query(query, offset).fetchone()
        if row is None:
            raise IndexError(f"there is no event at {place}")
        return next(event for _, event in self.replay().decoder.events(row[0], row[0] + 1))


class Events(Sequence[Event]):
    """The events of a trace file; going through them streams."""

    def __init__(self, file: TraceFile) -> None:
        self._file = file

    def __len__(self) -> int:
        return self._file.count_events()

    @overload
    def __getitem__(self, place: int) -> Event: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Event]: ...

    def __getitem__(self, place: int | slice) -> Event | Sequence[Event]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return self._file.event_at(place)

    def __iter__(self) -> Iterator[Event]:
        return self._file.stream_events()
