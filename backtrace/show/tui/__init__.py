"""`show --tui`: a debugger for training loops in the terminal, over a trace file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from backtrace.errors import UsageError
from backtrace.show.find import check_choice, find_updates
from backtrace.show.trace_size import check_size
from backtrace.tracefile import open_trace


def check_terminal() -> None:
    """Make sure that there is what the debugger is drawn with, and on.

    Raises:
        UsageError: there is not.
    """
    if find_spec("textual") is None:
        raise UsageError("--tui needs Textual: pip install 'torch-backtrace[tui]'")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--tui needs a terminal; without --tui, the trace is printed")


def walk_through(
    path: Path,
    *,
    update: str | None = None,
    params: Sequence[str] = (),
    rank: int | None = None,
) -> None:
    """Open the debugger at an update, or at the first; `params` filter what is listed.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: Textual or a terminal is missing, no call was recorded, or there is no such
            update or tensor.
    """
    with open_trace(path, rank) as trace:
        check_size(trace, is_whole=False)
        check_choice(trace, params)
        check_terminal()
        place = find_updates(trace, update)[0].place if update is not None else 0
        from backtrace.show.tui.screen import WalkApp
        from backtrace.show.tui.walker import Walker

        WalkApp(Walker(trace, place, params)).run()
