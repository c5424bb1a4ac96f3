"""What it takes to show a trace of very many tensors, or of an update of very many events."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from backtrace.errors import TraceFileError
from backtrace.tracefile import TraceFile
from backtrace.train.memory import available_bytes, size_text

# As `python benchmarks/wide_trace.py` measured them, generously.
_BYTES = 16 * 1024  # for each tensor
_SECONDS = 1e-4  # for each reading
_SECONDS_OF_UPDATE = 5e-4  # for each tensor of it
_BYTES_OF_EVENT = 1200  # for each of an update
_SECONDS_OF_EVENT = 1e-4
_PATIENCE = 20.0  # seconds that are worth no word
_FEW = 10_000  # tensors that fit everywhere
_FEW_EVENTS = 100_000  # of one update
MOST_TENSORS = 250_000  # chosen: `show` of 100,000 takes a minute and 1 GB
MOST_EVENTS = 2_500_000  # chosen: `show` of an update of 1,000,000 takes as much


def check_size(
    *traces: TraceFile, is_whole: bool = True, is_as_written: bool = False, looks: int = 1
) -> None:
    """Say on stderr that reading traces will take long, if it will.

    `is_whole` says that all updates are gone through, and not one alone; `is_as_written`, that
    events are passed on one by one, which no number of tensors makes impossible; `looks`, how
    often the events of an update are gone through.

    Raises:
        TraceFileError: there is less memory than they take, or no end to wait for.
    """
    _check_tensors(traces, is_whole=is_whole, is_as_written=is_as_written)
    _check_events(traces, looks, is_as_written=is_as_written)


def _check_tensors(traces: Sequence[TraceFile], *, is_whole: bool, is_as_written: bool) -> None:
    tensors = readings = 0
    for trace in traces:
        of_ranks = trace.search(lambda finder: finder.count_all())
        of_one = of_ranks[0] // max(len(trace.ranks), 1)
        if of_one > MOST_TENSORS and not is_as_written:
            raise _too_many(trace.path, of_one)
        tensors += of_one
        readings += of_ranks[1]
    path, needed, available = traces[0].path, tensors * _BYTES, available_bytes()
    is_wide = tensors > _FEW and not is_as_written
    if is_wide and available is not None and needed > available:
        raise TraceFileError(
            f"{path}: has {tensors:,} tensors, for which about {size_text(needed)} of memory are "
            f"needed; {size_text(available)} are available\n"
            f"    `backtrace export {path} --format jsonl` takes less; with `run --keep GLOB`, a "
            "trace holds fewer tensors"
        )
    seconds = _SECONDS * readings if is_whole else _SECONDS_OF_UPDATE * tensors
    if seconds > _PATIENCE:
        what = f"{readings:,} readings of" if is_whole else "an update of"
        sys.stderr.write(
            f"backtrace: {what} {tensors:,} tensors: this takes about {describe_seconds(seconds)}\n"
        )


def _check_events(traces: Sequence[TraceFile], looks: int, *, is_as_written: bool) -> None:
    counts = [trace.search(lambda finder: finder.count_largest()) for trace in traces]
    path, most = traces[counts.index(max(counts))].path, max(counts)
    as_written = f"    `backtrace export {path} --format jsonl` writes its events down"
    if most > MOST_EVENTS and not is_as_written:
        raise TraceFileError(
            f"{path}: has an update of {most:,} events, and {MOST_EVENTS:,} can be followed at "
            f"once\n{as_written}"
        )
    needed, available = sum(counts) * _BYTES_OF_EVENT, available_bytes()
    is_long = most > _FEW_EVENTS and not is_as_written
    if is_long and available is not None and needed > available:
        raise TraceFileError(
            f"{path}: has an update of {most:,} events, for which about {size_text(needed)} of "
            f"memory are needed; {size_text(available)} are available\n{as_written}"
        )
    seconds = _SECONDS_OF_EVENT * sum(counts) * looks
    if seconds > _PATIENCE:
        sys.stderr.write(
            f"backtrace: an update of {most:,} events: this takes about "
            f"{describe_seconds(seconds)}\n"
        )


def _too_many(path: Path, tensors: int) -> TraceFileError:
    return TraceFileError(
        f"{path}: has {tensors:,} tensors, and those of {MOST_TENSORS:,} can be followed at once\n"
        f"    `backtrace export {path} --format jsonl` writes its events down; with "
        "`run --keep GLOB`, a trace holds fewer tensors"
    )


def describe_seconds(seconds: float) -> str:
    """Return a rough duration in words: `40 seconds`, `3 minutes`."""
    if seconds < 90:
        return f"{round(seconds, -1):.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.0f} hours"
