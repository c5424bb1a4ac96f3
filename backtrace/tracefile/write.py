"""Writes a trace file while a run goes on: one update is one transaction.

A run is never stopped because its trace cannot be written: writing ends, and `lost` says so.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from math import isfinite, isnan
from pathlib import Path
from typing import Any, Literal

from backtrace.errors import TraceFileError
from backtrace.interrupts import comes_from_user
from backtrace.ledger.accounts import Accounts
from backtrace.ledger.events import Event, ParameterSeen, StepTaken
from backtrace.ledger.numbering import ClosedNumber, Numbering
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update
from backtrace.tracefile import codec
from backtrace.tracefile.columns import fit, pack_text
from backtrace.tracefile.connect import check_place, create
from backtrace.tracefile.connect_to_write import is_busy
from backtrace.tracefile.encode import Encoder, TableRows
from backtrace.tracefile.held_file import HeldFile
from backtrace.tracefile.param_filter import ParamFilter
from backtrace.tracefile.process import this_process
from backtrace.tracefile.thin import Expired, FlightRecorder, has_finite_grads

_PATIENCE = 1000  # events after which those of an update that does not end are written all the same
_LOOKS, _LOOK = 10, 0.02  # how often, and how long, a reader is waited for at the end
_APART = 24  # entries a tensor between two places from which reading may begin

Detail = Literal["full", "norm"]


class TraceWriter:
    """Takes a run's events and updates, in the order in which they come, into a file.

    Args:
        path: where the file is made, when the run starts.
        force: whether a trace file that is there already may be overwritten.
        readings: `norm` keeps the norm and the counts of each reading, `full` all of it.
        last: the number of updates that are kept in full; those before become norms, but when
            the loss or a gradient stops being finite, that update and the `last` ones before it
            are kept for good.
        params: globs over tensors' names; of the others nothing is written.

    Raises:
        TraceFileError: no file can be made there.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        force: bool = False,
        readings: Detail = "full",
        last: int | None = None,
        params: Sequence[str] = (),
    ) -> None:
        self.path = Path(path)
        self.lost = ""
        check_place(self.path, force=force)
        self._force, self._detail, self._last, self._params = force, readings, last, tuple(params)
        self._choice = ParamFilter(params)
        self._recorder = FlightRecorder(last) if last is not None and readings == "full" else None
        self._encoder = Encoder(is_full=readings == "full", is_fresh=self._is_fresh)
        self._accounts, self._numbering = Accounts(), Numbering()
        self._seen_at: dict[str, int] = {}  # the id of each account's `ParameterSeen`
        self._file: HeldFile | None = None
        self._process = os.getpid()
        self._written = self._safe = 0  # updates, and those whose transaction ended
        self._expired = Expired([], [])  # what the next transaction takes the details from
        self._next_event = self._waiting = 0
        self._since = 0  # entries since the accounts were written
        self._closed: tuple[StepTaken, int, ClosedNumber] | None = None
        self._is_finite = True

    def start(
        self,
        header: Header,
        plan: Mapping[str, int | None] | None = None,
        rank: Mapping[str, int | str] | None = None,
    ) -> None:
        """Make the file, and write the header, and what was planned where that is known.

        `rank` tells which process of several this is.

        Raises:
            TraceFileError: the file cannot be made.
        """
        recording = {"readings": self._detail, "last": self._last, "params": list(self._params)}
        values = [(each.name, getattr(header, each.name)) for each in fields(header)]
        rows = [(name, codec.dump(value, tagged=True)) for name, value in values]
        rows += [("plan", codec.dump(plan))] if plan else []
        rows += [("process", codec.dump(this_process()))]
        rows += [("rank", codec.dump(rank))] if rank else []
        connection = create(self.path, force=self._force)
        try:
            connection.executemany(
                "INSERT INTO header VALUES (?, ?)", [*rows, ("recording", codec.dump(recording))]
            )
            self._file = HeldFile(self.path, connection)
        except (sqlite3.Error, OSError) as error:
            connection.close()
            raise TraceFileError(f"{self.path}: cannot be written: {error}") from error

    def take_event(self, event: Event) -> None:
        """Take in an event; it is written with the update that it belongs to."""
        if self._is_away():
            return
        try:
            chosen = self._choice.apply(event)
            if chosen is None:
                return
            if self._closed is not None:  # whoever feeds us has made no update of that step
                self._end_update(None)
            self._add(chosen)
        except Exception as error:
            self._give_up(error)

    def take_update(self, update: Update) -> None:
        """Write the update that the latest event ended."""
        if self._is_away() or self._closed is None or not update.is_complete:
            return
        try:
            self._end_update(update.loss)
        except Exception as error:
            self._give_up(error)

    def note(self, key: str, value: object) -> None:
        """Write something more into the header, and what waits, at once."""
        if self._is_away():
            return
        try:
            self._write(ending={key: value})
        except Exception as error:
            self._give_up(error)

    def finish(self, seconds: float, *, interrupted: bool) -> None:
        """Write what is left, and how the run ended; then there is one file and no other beside."""
        if self._is_away():
            return
        file = self._file
        assert file is not None
        try:
            if self._closed is not None:
                self._end_update(None)
            for _ in range(_LOOKS):
                if self._write(ending={"seconds": seconds, "interrupted": interrupted}):
                    break
                time.sleep(_LOOK)
            else:
                raise TraceFileError("somebody reads the file all the time")
            file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except Exception as error:
            self._give_up(error)
            return
        for _ in range(_LOOKS):  # whoever reads all the time leaves the file as it was
            with suppress(sqlite3.Error):
                file.connection.execute("PRAGMA journal_mode = DELETE")
                break
            time.sleep(_LOOK)
        file.close()
        self._file = None
        self.lost = file.describe_end()

    # -- inside --------------------------------------------------------------------------------

    def _is_away(self) -> bool:
        """Whether there is nothing to write to: before the start, after the end, in a fork."""
        return self._file is None or os.getpid() != self._process

    def _is_fresh(self, reading: int) -> bool:
        if self._recorder is None:
            return True
        return reading in self._recorder or reading in self._encoder.used

    def _add(self, event: Event) -> None:
        entries = len(self._encoder.rows.entries)
        number = self._encoder.add(event, self._written + 1)
        self._next_event = number + 1
        self._since += len(self._encoder.rows.entries) - entries
        self._accounts.take(event)
        if isinstance(event, ParameterSeen):
            self._seen_at[event.name] = number
        closed = self._numbering.take(number, event)
        self._is_finite = self._is_finite and has_finite_grads(event)
        if isinstance(event, StepTaken) and closed is not None:
            self._closed = (event, number, closed)
            return
        self._waiting += 1
        if self._waiting >= _PATIENCE:
            self._write()

    def _end_update(self, loss: float | None) -> None:
        assert self._closed is not None
        step, number, closed = self._closed
        self._closed = None
        self._written += 1
        self._encoder.rows.updates.append((
            self._written, closed.number, pack_text(step.optimizer), pack_text(step.type),
            "nan" if loss is not None and isnan(loss) else loss, step.elapsed,
            closed.first, number, closed.alone, self._detail, fit(step.rank),
        ))  # fmt: skip
        if self._recorder is not None or self._since >= _APART * len(self._accounts.of):
            self._write_accounts()
        is_finite = self._is_finite and (loss is None or isfinite(loss))
        self._is_finite = True
        self._write(is_finite=is_finite)

    def _write_accounts(self) -> None:
        """Write the accounts as they are: a place from which reading may begin.

        The flight recorder's readings are referred to at every update, or they would be thinned.
        """
        ids = []
        for name, account in self._accounts.of.items():
            grad, value = self._encoder.refer_again(name, account.grad, account.value)
            ids.append((self._seen_at[name], grad, value))
        if self._since >= _APART * len(ids):
            self._since = 0
            self._encoder.rows.accounts.extend(
                (self._next_event, line, *found) for line, found in enumerate(ids)
            )

    def _write(
        self, *, is_finite: bool | None = None, ending: Mapping[str, object] | None = None
    ) -> bool:
        """Write all rows that wait; return False if a reader is in the way, and they go on waiting.

        That can be where no write-ahead log is possible, as on a network file system.
        """
        file = self._file
        assert file is not None
        if self._recorder is not None and is_finite is not None:
            found = self._recorder.take(self._written, self._encoder.used, is_finite=is_finite)
            self._expired.updates.extend(found.updates)
            self._expired.readings.extend(found.readings)
        try:
            self._write_rows(file.check(), ending or {})
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            is_written = False
        else:
            file.settle()
            self._safe, is_written = self._written, True
            self._encoder.rows, self._expired = TableRows(), Expired([], [])
        self._waiting = 0
        if is_finite is not None or self._recorder is None:
            self._encoder.used.clear()
            self._encoder.turn()
        return is_written

    def _write_rows(self, connection: sqlite3.Connection, ending: Mapping[str, object]) -> None:
        """Write what waits in one transaction; writing some of it again is harmless."""
        if connection.in_transaction:  # Ctrl-C came in between
            connection.execute("ROLLBACK")
        connection.execute("BEGIN")
        for table, rows in vars(self._encoder.rows).items():
            _insert(connection, table, rows)
        connection.execute("DELETE FROM open_updates")
        openings = [
            (i, n, pack_text(o), first) for i, (n, o, first) in enumerate(self._numbering.rows())
        ]
        _insert(connection, "open_updates", openings)
        _insert(connection, "header", [(key, codec.dump(value)) for key, value in ending.items()])
        thinned = [(id,) for id in sorted(self._expired.readings)]
        connection.executemany("DELETE FROM details WHERE reading = ?", thinned)
        thinned = [(id,) for id in self._expired.updates]
        connection.executemany("UPDATE updates SET detail = 'norm' WHERE id = ?", thinned)
        connection.execute("COMMIT")

    def _give_up(self, error: Exception) -> None:
        """End the writing for good: the run goes on without it."""
        if comes_from_user(error):
            raise error
        reason = str(error) or type(error).__name__
        if reason == "database or disk is full":
            reason = "the disk is full"
        first = self._safe + 1
        self.lost = f"from update {first} on nothing was written to {self.path}: {reason}"
        file, self._file = self._file, None
        self._encoder.rows = TableRows()
        if file is not None:
            with suppress(sqlite3.Error):
                file.close()


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ",".join("?" * len(rows[0]))
        connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)
