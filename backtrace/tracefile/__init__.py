"""Trace files: written while a run goes on, read without torch, seekable.

with open_trace("run.trace") as trace:
    trace.updates[16]         # any update, at once
    for event in trace.events: ...
"""

from __future__ import annotations

import os

from backtrace.trace import Trace
from backtrace.tracefile.read import TraceFile
from backtrace.tracefile.schema import FORMAT_VERSION
from backtrace.tracefile.write import TraceWriter, write_trace

__all__ = ["FORMAT_VERSION", "TraceFile", "TraceWriter", "load", "open_trace", "write_trace"]


def open_trace(path: str | os.PathLike[str]) -> TraceFile:
    """Open a trace file for reading; best in a `with` block.

    Raises:
        TraceFileError: there is none, it is damaged, or another version of backtrace wrote it.
    """
    return TraceFile(path)


def load(path: str | os.PathLike[str]) -> Trace:
    """Return a whole trace file as a `Trace` in memory; `open_trace` is for large ones.

    Raises:
        TraceFileError: there is none, it is damaged, or another version of backtrace wrote it.
    """
    with open_trace(path) as file:
        return Trace(file.header, list(file.events))
