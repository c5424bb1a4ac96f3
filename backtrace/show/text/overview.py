"""A short run in a few lines, above its tables: its loss, the verdict, and who learned."""

from __future__ import annotations

from rich.text import Text

from backtrace.driver.view import RunResult, View
from backtrace.language import translated
from backtrace.ledger.updates import Update
from backtrace.show.content.census import census_parts
from backtrace.show.content.diagnosis import verdict_text
from backtrace.show.options import Options
from backtrace.show.text.fold import fold_parts
from backtrace.show.text.summary import Tally, run_line


class OverviewView(View):
    """Prints nothing before the run is over, and then what it came to."""

    def __init__(self, options: Options) -> None:
        self._console = options.console()
        self._tally = Tally()

    def take_update(self, update: Update) -> None:
        """Count it in."""
        self._tally.take(update)

    def finish(self, result: RunResult) -> None:
        """Print the run in one line and what the diagnosis says; nothing of a single update."""
        if self._tally.updates < 2:
            return
        self._console.print(Text(translated("overview"), style="bold"))
        self._console.print(Text(fold_parts(run_line(self._tally, result), self._console.width)))
        found = result.diagnosis
        if found is not None:
            learned = " · ".join(census_parts(found.census))
            told = f" {translated('{parts}.').format(parts=learned)}" if learned else ""
            self._console.print(Text(f"{verdict_text(found)}{told}"))
        self._console.print()
