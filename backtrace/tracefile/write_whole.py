"""Writes a trace that is there already into a file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from backtrace.errors import TraceFileError
from backtrace.ledger.events import Event
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Header
from backtrace.tracefile.write import TraceWriter


def write_trace(
    path: str | os.PathLike[str],
    header: Header,
    events: Iterable[Event],
    *,
    seconds: float | None = 0.0,
    force: bool = False,
    **settings: Any,
) -> None:
    """Write a trace that is there already; `seconds` is None for one that was killed.

    Raises:
        TraceFileError: the file cannot be made or filled.
    """
    writer, ledger = TraceWriter(path, force=force, **settings), Ledger()
    writer.start(header)
    for event in events:
        writer.take_event(event)
        for update in ledger.take(event):
            writer.take_update(update)
    if seconds is not None:
        writer.finish(seconds, interrupted=False)
    if writer.lost:
        raise TraceFileError(writer.lost)
