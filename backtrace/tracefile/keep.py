"""A trace that is written into a file by `record`, and read from there."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from backtrace.ledger.events import Event
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Header
from backtrace.tracefile.commit import with_commit
from backtrace.tracefile.read import TraceFile
from backtrace.tracefile.write import Detail, TraceWriter


@contextmanager
def keep_in_file(
    path: str | os.PathLike[str],
    header: Header,
    *,
    force: bool,
    readings: Detail,
    last: int | None,
    params: Sequence[str],
    rank: Mapping[str, int | str] | None = None,
) -> Iterator[tuple[TraceFile, Callable[[Event], None]]]:
    """Give a trace that reads from the file at `path`, and what writes events into it.

    `rank` tells which process of several this is, and the other arguments what is written of
    events; see `TraceWriter`.

    Raises:
        TraceFileError: no file can be made there.
    """
    writer = TraceWriter(path, force=force, readings=readings, last=last, params=params)
    ledger = Ledger()
    start = time.perf_counter()
    writer.start(with_commit(header), rank=rank)
    trace = TraceFile(path)
    interrupted = True

    def take(event: Event) -> None:
        writer.take_event(event)
        for update in ledger.take(event):
            writer.take_update(update)

    try:
        yield trace, take
        interrupted = False
    finally:
        trace.close()  # its reading would keep the file from being closed whole
        writer.finish(time.perf_counter() - start, interrupted=interrupted)
        if writer.lost:
            warnings.warn(f"backtrace: {writer.lost}", RuntimeWarning, stacklevel=2)
