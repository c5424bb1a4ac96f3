"""Trace files: written while a run goes on, read without torch, seekable.

with open_trace("run.trace") as trace:
    trace.updates[16]         # any update, at once
    for event in trace.events: ...
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from backtrace.ledger.trace import Trace
from backtrace.tracefile.read import TraceFile
from backtrace.tracefile.schema import FORMAT_VERSION

if TYPE_CHECKING:
    from backtrace.tracefile.write import TraceWriter, write_trace

__all__ = ["FORMAT_VERSION", "TraceFile", "TraceWriter", "load", "open_trace", "write_trace"]


def __getattr__(name: str) -> Any:  # whoever only reads does not wait for what writes
    if name not in {"TraceWriter", "write_trace"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from backtrace.tracefile import write

    return getattr(write, name)


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
