"""`watch --tui`: the debugger over a trace that still grows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from textual.timer import Timer

from backtrace.driver.sources.growing import PAUSE, wait_for_trace
from backtrace.errors import BacktraceError, TraceFileError, UsageError
from backtrace.show.find import check_choice
from backtrace.show.tui.screen import Panes, WalkApp
from backtrace.show.tui.walker import Walker
from backtrace.show.watch import say
from backtrace.tracefile import TraceFile, open_trace
from backtrace.tracefile.grow import GrowingTrace
from backtrace.tracefile.process import is_alive

_EVERY = 1.0  # seconds between two looks at the file


def watch_through(path: Path, *, params: Sequence[str] = (), wait: float) -> None:
    """Open the debugger at the latest update, once there is one, and follow the file.

    Raises:
        TraceFileError: there is no trace, or it ended before its first call.
    """
    growing = wait_for_trace(path, wait, say)
    with open_trace(path) as trace:
        walker = _wait_for_calls(trace, growing, params)
        if _is_over(trace, growing):  # else a tensor of that name may come
            check_choice(trace, params)
        walker.jump(walker.count - 1)
        WatchedWalk(walker, growing).run()


def _wait_for_calls(trace: TraceFile, growing: GrowingTrace, params: Sequence[str]) -> Walker:
    while True:
        is_over = _is_over(trace, growing)
        try:
            return Walker(trace, 0, params)
        except UsageError as error:
            if is_over:
                raise TraceFileError(str(error)) from error
        trace.close()
        time.sleep(PAUSE)


def _is_over(trace: TraceFile, growing: GrowingTrace) -> str:
    """Return why nothing more will be written; '' while something may be."""
    if trace.seconds is not None:
        return "the run has ended"
    if is_alive(growing.process) == "gone":
        return f"process {growing.process['pid']} is gone and did not end its trace"
    return ""


class WatchedWalk(WalkApp):
    """The debugger that looks for more updates every second; at the last, it goes along."""

    def __init__(self, walker: Walker, growing: GrowingTrace) -> None:
        super().__init__(walker)
        self._growing = growing
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Begin to look."""
        self._timer = self.set_interval(_EVERY, self.look)

    def look(self) -> None:
        """Take in what was written; the file is let go of, so that its writer can end."""
        trace = self.walker.trace
        if not isinstance(trace, TraceFile):
            return
        trace.close()
        try:
            over = _is_over(trace, self._growing)
            self.walker.reload()
        except BacktraceError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        for screen in self.screen_stack:
            if isinstance(screen, Panes):
                screen.refresh_panes()
        trace.close()
        if over and self._timer is not None:
            self._timer.stop()
            self.notify(over, timeout=10, markup=False)
