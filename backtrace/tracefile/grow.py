"""A trace file that another process still writes: read a little at a time, never held open.

SQLite's write-ahead log lets one read while another writes. A connection that can only read
neither moves the log into the file nor deletes it, and one that is closed after each look does
not keep the writer from ending in one file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path

from backtrace.errors import TraceFileError
from backtrace.ledger.events import Event
from backtrace.ledger.trace import Header
from backtrace.tracefile import codec
from backtrace.tracefile.connect import connect_to_watch, is_settled
from backtrace.tracefile.connect_to_write import identify
from backtrace.tracefile.decode import Decoder
from backtrace.tracefile.process import is_alive

_END = 2**62
_MOST = 512  # events of one look
_PATIENCE = 50  # looks in a row in which the file could not be read

_ODD = (
    sqlite3.DatabaseError, ValueError, TypeError, KeyError, IndexError, AttributeError,
    OverflowError, RecursionError,
)  # fmt: skip


@dataclass(frozen=True)
class EndMark:
    """What the writer wrote last."""

    seconds: float
    interrupted: bool


class GrowingTrace:
    """Gives the events of a file in the order in which they are written.

    Raises:
        TraceFileError: on reading: the file is not a trace file, is damaged, or another run's now.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header = Header()
        self.plan: Mapping[str, int] = {}
        self.recording: Mapping[str, object] = {}
        self.process: Mapping[str, object] = {}
        self.end: EndMark | None = None
        self._file = (0, 0)
        self._next = 0
        self._failures = 0

    def is_ready(self) -> bool:
        """Whether the file is there, and its header is whole; the header is read then."""
        if not self.path.exists() or not is_settled(self.path):
            return False
        self._file = identify(self.path)
        try:
            with closing(connect_to_watch(self.path)) as connection:
                found = dict(connection.execute("SELECT key, value FROM header LIMIT 1000"))
            if "recording" not in found:  # it is written last
                return False
            hints = codec.hints_of(Header)
            names = [each.name for each in fields(Header) if each.name in found]
            self.header = Header(**{each: codec.load(found[each], hints[each]) for each in names})
            self.plan, self.recording, self.process = (
                _mapping(found.get(key)) for key in ("plan", "recording", "process")
            )
        except sqlite3.OperationalError as error:
            self._wait(error)
            return False
        except _ODD as error:
            raise self._damaged(error) from error
        return True

    def read(self) -> list[Event]:
        """Return events that were not read yet, some 500 at most; `end` is set after the last."""
        if not self.path.exists() or identify(self.path) != self._file:
            raise TraceFileError(f"{self.path}: was replaced by another file")
        if not is_settled(self.path) and is_alive(self.process) != "gone":
            return []
        try:
            with closing(connect_to_watch(self.path)) as connection:
                connection.execute("BEGIN")  # one state of the file for all that is asked of it
                found = list(islice(Decoder(connection).events(self._next, _END), _MOST))
                query = "SELECT key, value FROM header WHERE key IN ('seconds', 'interrupted')"
                end = dict(connection.execute(query))
        except sqlite3.OperationalError as error:
            self._wait(error)
            return []
        except _ODD as error:
            raise self._damaged(error) from error
        self._failures = 0
        if found:
            self._next = found[-1][0] + 1
        if len(found) < _MOST and len(end) == 2:
            self.end = EndMark(float(json.loads(end["seconds"])), json.loads(end["interrupted"]))
        return [event for _, event in found]

    def _wait(self, error: sqlite3.OperationalError) -> None:
        """Let one look pass in which the file is locked; many are too many."""
        self._failures += 1
        if self._failures > _PATIENCE:
            raise TraceFileError(f"{self.path}: cannot be read: {error}") from error

    def _damaged(self, error: Exception) -> TraceFileError:
        reason = str(error) or type(error).__name__
        return TraceFileError(f"{self.path}: is damaged: {reason:.200}")


def _mapping(text: str | None) -> dict[str, int]:
    found = {} if text is None else json.loads(text)
    return found if isinstance(found, dict) else {}
