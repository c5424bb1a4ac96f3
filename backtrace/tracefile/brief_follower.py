"""Follows what ranks hold alike in a file that another process still writes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from backtrace.errors import TraceFileError
from backtrace.ledger.events import Event
from backtrace.tracefile.connect import connect_to_watch
from backtrace.tracefile.decode import Decoder

_KINDS = (
    "ReplicasRead", "StepTaken", "WrapperSeen", "ShardSeen", "ParameterSeen", "StepSkipped",
    "GradsRescaled",
)  # fmt: skip
_MOST = 256  # events of one look
_PATIENCE = 0.02  # seconds that a lock is waited for
_ODD = (sqlite3.DatabaseError, ValueError, TypeError, KeyError, AttributeError, OverflowError)


class BriefFollower:
    """Gives a few kinds of events as they are written, without their entries.

    The file must have had a log (`has_log`): a reader is in nobody's way there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = 0

    def read(self) -> list[Event]:
        """Return events that were not read yet, some 250 at most; none while it cannot be read.

        Raises:
            TraceFileError: it is damaged.
        """
        try:
            with closing(connect_to_watch(self._path, _PATIENCE)) as connection:
                found = Decoder(connection).brief_events(self._next, _KINDS, _MOST)
        except sqlite3.OperationalError:
            return []
        except _ODD as error:
            raise TraceFileError(f"{self._path}: is damaged: {error}") from error
        if found:
            self._next = found[-1][0] + 1
        return [event for _, event in found]
