"""TensorBoard's event files: scalars, and histograms of tensors whose elements were kept."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import count
from math import isfinite
from pathlib import Path
from typing import Any

from backtrace.driver.view import View
from backtrace.errors import UsageError
from backtrace.ledger.events import Reading
from backtrace.ledger.name_globs import is_chosen
from backtrace.ledger.updates import Row, Update
from backtrace.printable import literal
from backtrace.show.export.play import look_over, play
from backtrace.show.export.request import Request
from backtrace.show.export.table import update_ratio
from backtrace.show.export.target import replace_when_done
from backtrace.tracefile import TraceFile

ENDING = ".backtrace"  # of the files that we write, and may replace
_BINS = 30
_OPEN = 32  # files that are open at once, for a loop that makes a new optimizer every update


def export_tensorboard(trace: TraceFile, request: Request) -> None:
    """Write a folder for `tensorboard --logdir`; with several optimizers, one in it for each.

    The steps are the numbers of the updates, the times those of the run. What comes after the
    last step is no update, and is left out.

    Raises:
        TraceFileError: the trace is damaged.
        UsageError: the folder cannot be written, or tensorboard is missing.
    """
    check_tensorboard()
    assert request.output is not None
    optimizers = look_over(trace.path).optimizers
    start = _start(trace.header.started)
    with replace_when_done(request.output) as fresh:
        fresh.mkdir(parents=True)  # `-o runs/first`, as the help has it
        with closing(_Files(fresh, start, has_folders=len(optimizers) > 1)) as files:
            play(trace, TensorBoardView(files, request.params), has_bar=request.has_bar)


def check_tensorboard() -> None:
    """Make sure that there is what writes event files.

    Raises:
        UsageError: there is not; the text says how to install it.
    """
    try:
        import tensorboard.compat.proto.event_pb2
        import tensorboard.summary.writer.record_writer  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "event files are written with tensorboard, which cannot be imported here "
            f"({error}):\n    pip install 'torch-backtrace[tensorboard]'"
        ) from error


class TensorBoardView(View):
    """Writes the finished updates."""

    def __init__(self, files: _Files, params: tuple[str, ...]) -> None:
        self._files, self._params = files, params

    def take_update(self, update: Update) -> None:
        """Write its scalars and histograms; calls after the last step are no update."""
        if update.is_complete:
            self._files.write(update, self._params)


class _Files:
    """The event files, one an optimizer; a few are open at once.

    The package's `EventFileWriter` would load TensorFlow where that is installed, and loses a
    full disk in a thread of its own: the records are written to a file of ours.
    """

    def __init__(self, folder: Path, start: float, *, has_folders: bool) -> None:
        self._folder = folder
        self._start = start
        self._has_folders = has_folders
        self._places: dict[str, Path] = {}
        self._open: OrderedDict[str, Any] = OrderedDict()

    def write(self, update: Update, params: tuple[str, ...]) -> None:
        from tensorboard.compat.proto import event_pb2, summary_pb2

        event = event_pb2.Event(
            wall_time=self._start + update.elapsed,
            step=update.index,
            summary=summary_pb2.Summary(value=_summaries(update, params)),
        )
        self._writer(update.optimizer).write(event.SerializeToString())

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def _writer(self, optimizer: str) -> Any:
        from tensorboard.compat.proto import event_pb2
        from tensorboard.summary.writer.record_writer import RecordWriter

        if optimizer in self._open:
            self._open.move_to_end(optimizer)
            return self._open[optimizer]
        is_new = optimizer not in self._places
        if is_new:
            self._places[optimizer] = self._place(optimizer)
        writer = self._open[optimizer] = RecordWriter(self._places[optimizer].open("ab"))
        if is_new:
            first = event_pb2.Event(wall_time=self._start, file_version="brain.Event:2")
            writer.write(first.SerializeToString())
        if len(self._open) > _OPEN:
            self._open.popitem(last=False)[1].close()
        return writer

    def _place(self, optimizer: str) -> Path:
        """Return where an optimizer's events go; its name may hold anything, `../` too."""
        folder = self._folder
        if self._has_folders:
            plain = re.sub(r"[^\w.\[\]-]", "_", optimizer, flags=re.ASCII).strip(".")[:80]
            found = count(2)
            folder /= plain or "optimizer"
            while folder.exists():
                folder = self._folder / f"{plain}.{next(found)}"
            folder.mkdir()
        return folder / f"events.out.tfevents.{int(self._start)}{ENDING}"


def _summaries(update: Update, params: tuple[str, ...]) -> Iterator[Any]:
    """Yield what an update has to tell; inputs, a new tensor in every update, are left out."""
    if update.loss is not None:
        yield _scalar("loss", update.loss)
    for term, value in update.terms.items():
        yield _scalar(f"loss_terms/{term}", value)
    for group, lr in enumerate(update.lr):
        yield _scalar(f"lr/group {group}", lr)
    for name, row in update.rows.items():
        if row.kind != "input" and is_chosen(name, params):
            yield from _summaries_of(name, row)


def _summaries_of(name: str, row: Row) -> Iterator[Any]:
    ratio = update_ratio(row)
    for account, reading in (("grad", row.grad_after), ("value", row.value_after)):
        if reading is not None:
            yield _scalar(f"{account}_norm/{name}", reading.norm)
            if reading.values is not None:
                yield from _histogram(f"{account}/{name}", reading)
    if ratio is not None:
        yield _scalar(f"update_ratio/{name}", ratio)


def _scalar(tag: str, number: float) -> Any:
    from tensorboard.compat.proto import summary_pb2

    return summary_pb2.Summary.Value(tag=_clean(tag), simple_value=number)


def _histogram(tag: str, reading: Reading) -> Iterator[Any]:
    """Yield a histogram of the finite elements, if there are any."""
    import numpy as np
    from tensorboard.compat.proto import summary_pb2

    values = np.array([each for each in reading.values or () if isfinite(each)], dtype=float)
    if not values.size:
        return
    low, high = float(values.min()), float(values.max())
    try:
        counts, edges = np.histogram(values, bins=_BINS if isfinite(high - low) else [low, high])
    except ValueError:  # the elements are too near to each other for so many bins
        counts, edges = np.array([values.size]), np.array([low, high])
    with np.errstate(over="ignore"):
        squares = values @ values
    histogram = summary_pb2.HistogramProto(
        min=low,
        max=high,
        num=values.size,
        sum=values.sum(),
        sum_squares=squares,
        bucket_limit=edges[1:],
        bucket=counts,
    )
    yield summary_pb2.Summary.Value(tag=_clean(tag), histo=histogram)


def _clean(tag: str) -> str:
    r"""Return a tag that acts on nothing: a lone surrogate becomes its escape, `\udc80`."""
    return literal(tag)


def _start(started: str) -> float:
    """Return when a run began, in seconds since 1970; 0 where its header does not say."""
    try:
        return datetime.fromisoformat(started).timestamp()
    except (ValueError, OverflowError):
        return 0.0
