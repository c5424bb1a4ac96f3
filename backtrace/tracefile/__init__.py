"""Trace files: written while a run goes on, read without torch, seekable.

with open_trace("run.trace") as trace:
    trace.updates[16]         # any update, at once
    for event in trace.events: ...
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backtrace.ledger.trace import Trace
from backtrace.tracefile.read import TraceFile
from backtrace.tracefile.schema import FORMAT_VERSION

if TYPE_CHECKING:
    from backtrace.tracefile.write import TraceWriter
    from backtrace.tracefile.write_whole import write_trace

__all__ = ["FORMAT_VERSION", "TraceFile", "TraceWriter", "load", "open_trace", "write_trace"]


def __getattr__(name: str) -> Any:  # whoever only reads does not wait for what writes
    if name == "TraceWriter":
        from backtrace.tracefile.write import TraceWriter

        return TraceWriter
    if name == "write_trace":
        from backtrace.tracefile.write_whole import write_trace

        return write_trace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def open_trace(path: str | os.PathLike[str], rank: int | None = None) -> TraceFile:
    """Open a trace file for reading; best in a `with` block.

    Of a run on several ranks, one is read: `rank`, or the lowest that is in the file.

    Raises:
        TraceFileError: there is none, it is damaged, or another version of backtrace wrote it.
    """
    if not Path(path).exists():
        from backtrace.tracefile.merge import join_left

        join_left(Path(path))  # of a run whose ranks were killed before one of them could
    return TraceFile(path, rank)


def load(path: str | os.PathLike[str]) -> Trace:
    """Return a whole trace file as a `Trace` in memory; `open_trace` is for large ones.

    Raises:
        TraceFileError: there is none, it is damaged, or another version of backtrace wrote it.
    """
    with open_trace(path) as file:
        return Trace(file.header, list(file.events))
