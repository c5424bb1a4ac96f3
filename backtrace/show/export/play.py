"""Plays a trace to the view that writes an export, and says what must be known before."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from backtrace.driver.driver import drive
from backtrace.driver.sources.trace import ODD, TraceSource, damaged
from backtrace.driver.view import View
from backtrace.errors import BacktraceError
from backtrace.ledger.events import LossComputed
from backtrace.show.joined_trace import JoinedTraceView
from backtrace.show.progress import Bar, BarView
from backtrace.tracefile import TraceFile, codec
from backtrace.tracefile.columns import unpack_text
from backtrace.tracefile.connect import connect_to_read

_LOSSES = "SELECT data FROM events WHERE kind = 'LossComputed' ORDER BY id"
_OPTIMIZERS = "SELECT optimizer FROM updates GROUP BY optimizer ORDER BY min(id)"


@dataclass(frozen=True, slots=True)
class Overview:
    """What a whole trace has: names of loss terms, and of optimizers, the earliest first."""

    terms: tuple[str, ...]
    optimizers: tuple[str, ...]


def look_over(path: Path) -> Overview:
    """Read the names that a trace uses, without reading its events.

    Raises:
        TraceFileError: it cannot be read.
    """
    try:
        with closing(connect_to_read(path)) as connection:
            terms: dict[str, None] = {}
            for (data,) in connection.execute(_LOSSES):
                terms |= dict.fromkeys(codec.fields_of_json(data, LossComputed, ["terms"])["terms"])
            names = [unpack_text(name) or "" for (name,) in connection.execute(_OPTIMIZERS)]
    except (sqlite3.Error, *ODD) as error:
        raise damaged(path, error) from error
    return Overview(tuple(terms), tuple(names))


def play(
    trace: TraceFile, view: View, *, has_bar: bool, ignore: Sequence[str] | None = None
) -> None:
    """Tell the view of every event and update, the unfinished ones last; a few are in memory.

    Raises:
        TraceFileError: the trace is damaged.
        BacktraceError, OSError: the view could not write.
    """
    bar = Bar(trace.path.name, len(trace.updates), wanted=has_bar)
    try:
        shown = JoinedTraceView(view, trace, ignore) if trace.ranks and ignore is not None else view
        end = drive(TraceSource(trace), [shown, BarView(bar)], ignore=ignore)
    finally:
        bar.pause()
    for failure in end.failures:
        if isinstance(failure, BacktraceError | OSError):
            raise failure
        raise damaged(trace.path, failure) from failure
