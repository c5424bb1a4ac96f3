"""A progress bar for long runs, on stderr and only in a terminal."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console

from backtrace.driver.view import View
from backtrace.ledger.updates import Update

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0  # seconds before a run counts as long


class Bar:
    """Counts updates; nothing is drawn for a short run, nor where stderr is no terminal.

    One that is not `wanted` is never drawn: a script writes to the terminal as it likes.
    """

    def __init__(self, label: str, total: int | None, *, wanted: bool = True) -> None:
        self._label = label
        self._total = total
        self._is_wanted = wanted
        self._console = Console(stderr=True)
        self._start = monotonic()
        self._progress: Progress | None = None
        self._has_ended = False

    def advance(self, count: int) -> None:
        """Say that `count` updates are done."""
        if self._progress is None:
            is_long = monotonic() - self._start > _PATIENCE
            if not (self._is_wanted and is_long and self._console.is_terminal):
                return
            self._progress = _draw_on(self._console)
            self._progress.add_task(self._label, total=self._total)
            self._progress.start()
        self._progress.update(self._progress.task_ids[0], completed=count)

    def pause(self) -> None:
        """Take the bar off the screen: something is about to be printed."""
        if self._progress is not None:
            self._progress.stop()

    def end(self) -> None:
        """Take the bar off the screen for good: what is printed now is what the run came to."""
        self.pause()
        self._has_ended = True

    def resume(self) -> None:
        """Put the bar back, unless the run is over."""
        if self._progress is not None and not self._has_ended:
            self._progress.start()


class BarView(View):
    """Moves a bar on with every update."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._count = 0

    def take_update(self, update: Update) -> None:
        """Count it if it is finished."""
        if update.is_complete:
            self._count += 1
            self._bar.advance(self._count)


def _draw_on(console: Console) -> Progress:
    """Return a bar that draws itself; few runs are long enough to need the imports."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Updates per second."""

        def render(self, task: Task) -> Text:
            """Return the rate as text."""
            return Text(f"{task.speed:.3g} updates/s" if task.speed else "", style="dim")

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
    )
