"""A trace that is written into a file by `record`, and read from there."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from backtrace.errors import TraceFileError
from backtrace.interrupts import limit_unsignalled
from backtrace.ledger.events import Event
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.place import find_shell
from backtrace.ledger.trace import Header
from backtrace.tracefile.commit import with_commit
from backtrace.tracefile.process import is_alive
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
) -> Iterator[tuple[TraceFile, Callable[[Event], None], Callable[[str, object], None]]]:
    """Give a trace that reads from the file at `path`, and what writes events into it.

    The third writes one thing more into its header.

    In a notebook, a trace that a notebook made is replaced: the cell is run again.

    `rank` tells which process of several this is, and the other arguments what is written of
    events; see `TraceWriter`.

    Raises:
        TraceFileError: no file can be made there.
    """
    force = force or is_replaceable(Path(path))
    writer = TraceWriter(path, force=force, readings=readings, last=last, params=params)
    ledger = Ledger()
    start = perf_counter()
    writer.start(with_commit(header), rank=rank)
    trace = TraceFile(path)
    interrupted = True

    def take(event: Event) -> None:
        with limit_unsignalled():
            writer.take_event(event)
            for update in ledger.take(event):
                writer.take_update(update)

    try:
        yield trace, take, writer.note
        interrupted = False
    finally:
        trace.close()  # its reading would keep the file from being closed whole
        with limit_unsignalled():
            writer.finish(perf_counter() - start, interrupted=interrupted)
        if writer.lost:
            warnings.warn(f"backtrace: {writer.lost}", RuntimeWarning, stacklevel=2)


def is_replaceable(path: Path) -> bool:
    """Whether this is a notebook, and the file a trace of one that is not being written now."""
    if find_shell() is None or not path.is_file():
        return False
    try:
        with TraceFile(path) as trace:
            is_over = trace.seconds is not None or is_alive(trace.process) == "gone"
            is_over = is_over or trace.is_of_this_process
            return bool(trace.process.get("notebook")) and is_over
    except TraceFileError:
        return False
