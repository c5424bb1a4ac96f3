"""One rank's events, read a window of updates at a time, for the rules over ranks."""

from __future__ import annotations

from dataclasses import replace

from backtrace.diagnose.ranks.rank_reader import RankReader
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.errors import TraceFileError
from backtrace.tracefile import TraceFile
from backtrace.tracefile.brief_events import BriefEvents

_MOST = 64  # events that are read at once


class RankCursor:
    """Reads what the rules over ranks need of one rank's events.

    What cannot be read any more, as of a rank that was killed while it wrote, is left out.
    """

    def __init__(self, trace: TraceFile, rank: int) -> None:
        self.is_over = False
        self._trace = trace
        self._reader = RankReader(rank)
        self._events: BriefEvents | None = None
        self._next = 0

    @property
    def run(self) -> RankRun:
        """What the rules look at, as far as it was read."""
        return self._reader.run

    def read(self, updates: int) -> None:
        """Read on until so many updates wait to be judged, or to the end."""
        is_cut = False
        try:
            while not self.is_over and len(self.run.updates) < updates:
                self._read_some()
        except TraceFileError:
            self.is_over = is_cut = True
        if self.is_over:
            end = self._trace.rank_end
            self.run.ending = replace(end, life="killed") if is_cut else end
        elif self._events is not None:
            self._events.shrink()

    def rest(self) -> None:
        """Let go of the file until more is read."""
        self._events = None
        self._trace.close()

    def _read_some(self) -> None:
        self._events = self._events or self._trace.brief_events()
        found = self._events.read(self._next, _MOST)
        for id, event in found:
            self._reader.take(event)
            self._next = id + 1
        self.is_over = not found
