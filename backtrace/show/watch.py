"""`backtrace watch`: follows a running training's trace file from another terminal."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from backtrace.driver.driver import drive
from backtrace.driver.sources.growing import GrowingSource, wait_for_trace
from backtrace.printable import literal_lines, shell_word
from backtrace.show.chosen import Chosen, ChosenView
from backtrace.show.ignored import ignored_by_config
from backtrace.show.options import Options
from backtrace.show.trace_size import check_size
from backtrace.show.views import make_view
from backtrace.tracefile import open_trace
from backtrace.tracefile.control import ask_for

WAIT = 30.0  # seconds in which a training that was just started has made its file


def watch_trace(
    path: Path, shown: str, options: Options, *, wait: float = WAIT, every: str | None = None
) -> int:
    """Show a run while another process writes its trace, and return an exit code.

    It is 0 once the run has ended, and 1 where its process is gone without an end. Findings are
    told when they are made, and the verdict at the end. With `every` the run is asked to read
    every N-th update from now on, or as many as are needed (`auto`).

    Raises:
        TraceFileError: there is no trace after `wait` seconds, or it cannot be read.
    """
    trace = wait_for_trace(path, wait, say)
    with open_trace(path) as so_far:
        check_size(so_far)
    ignore = (*options.ignore, *ignored_by_config(trace.header))
    if every is not None:
        ask_for(path, every)
        say(f"the run of {path} was asked to read " + told_of(every))
    is_part = bool(trace.recording.get("params"))
    view = make_view(shown, replace(options, ignore=ignore))
    try:
        views = [view, ChosenView(Chosen(options.params))]
        end = drive(GrowingSource(trace, say), views, ignore=None if is_part else ignore)
    except KeyboardInterrupt:
        say(f"the run of {path} goes on; only the watch has ended")
        _tell_next("watch", path)
        raise
    code = end.report()
    _tell_next("show", path)
    return code


def told_of(every: str) -> str:
    """Return in words which updates are read."""
    if every == "auto":
        return "as many updates as are needed"
    return "each update" if every == "1" else f"one update of {every}"


def say(text: str) -> None:
    """Tell something on stderr that is no part of what is shown."""
    sys.stderr.write(f"backtrace: {literal_lines(text)}\n")


def _tell_next(command: str, path: Path) -> None:
    sys.stdout.flush()  # so that the order is right where both go to one place
    sys.stderr.write(f"backtrace {command} {shell_word(str(path))}\n")
