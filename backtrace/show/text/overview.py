"""What a run came to, above its tables: a short one in a few lines, a long one in its trends."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from typing import Any, TextIO, cast

from rich.text import Text

from backtrace.driver.view import PassingView, RunPlan, RunResult
from backtrace.language import translated
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.show.content.census import census_parts
from backtrace.show.content.diagnosis import verdict_text
from backtrace.show.content.trends import TrendBook
from backtrace.show.options import Options
from backtrace.show.progress import Bar
from backtrace.show.text.fold import fold_parts
from backtrace.show.text.summary import Tally, run_line
from backtrace.show.text.trends import print_trends
from backtrace.show.views import make_view


class HeldTables(PassingView):
    """Tables that wait until the run is over, for above them stands what it came to.

    So the run is gone through once. Who plays it calls `release` when that is over.
    """

    def __init__(self, options: Options) -> None:
        self._held = _HeldStream(options.stream or sys.stdout)
        super().__init__(make_view("table", replace(options, stream=cast("TextIO", self._held))))
        self._console = options.console()
        self._updates, self._draws = 0, options.stream is None

    def start(self, plan: RunPlan) -> None:
        """Pass it on; no bar is drawn for what waits, so there is one here."""
        self._bar = Bar(plan.header.target, plan.updates, wanted=self._draws)
        super().start(plan)

    def take_update(self, update: Update) -> None:
        """Count it in, and pass it on."""
        self._updates += update.is_complete
        self._bar.advance(self._updates)
        super().take_update(update)

    def finish(self, result: RunResult) -> None:
        """Print what the run came to; nothing of a single update."""
        self._bar.end()
        if self._updates > 1:
            self._print(result)
        super().finish(result)

    def release(self) -> None:
        """Print what waits, also where the run could not be gone through to its end."""
        self._held.release()

    def _print(self, result: RunResult) -> None:
        raise NotImplementedError


class OverviewFirst(HeldTables):
    """Prints what a run came to above its tables."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._tally = Tally()

    def take_update(self, update: Update) -> None:
        """Enter it into the line about the run."""
        self._tally.take(update)
        super().take_update(update)

    def _print(self, result: RunResult) -> None:
        """Print the run in one line and what the diagnosis says."""
        self._console.print(Text(translated("overview"), style="bold"))
        self._console.print(Text(fold_parts(run_line(self._tally, result), self._console.width)))
        found = result.diagnosis
        if found is not None:
            learned = " · ".join(census_parts(found.census))
            told = f" {translated('{parts}.').format(parts=learned)}" if learned else ""
            self._console.print(Text(f"{verdict_text(found)}{told}"))
        self._console.print()


class TrendsFirst(HeldTables):
    """Prints the trends of a long run above its tables."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._book, self._limit = TrendBook(options.params), options.limit

    def take_event(self, event: Event) -> None:
        """Look whether it is a step, and pass it on."""
        self._book.take_event(event)
        super().take_event(event)

    def take_update(self, update: Update) -> None:
        """Enter its numbers, and pass it on."""
        self._book.take_update(update)
        super().take_update(update)

    def _print(self, result: RunResult) -> None:
        print_trends(self._console, self._book.trends(), limit=self._limit)


class _HeldStream(io.StringIO):
    """Keeps what is written for a stream, and is asked in its place what kind of one it is."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    @property
    def encoding(self) -> Any:  # type: ignore[override]
        """The stream's own."""
        return self._stream.encoding

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the stream's own."""
        return self._stream.fileno()

    def release(self) -> None:
        """Write what was kept."""
        self._stream.write(self.getvalue())
        self.seek(0)
        self.truncate()
