"""Goes through a trace update by update, with what must be known before the first of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from backtrace.errors import TraceFileError
from backtrace.ledger.events import Event, LossComputed
from backtrace.ledger.facts import OptimizerSeen
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.updates import Update
from backtrace.show.progress import Bar
from backtrace.tracefile import TraceFile, codec
from backtrace.tracefile.columns import unpack_text
from backtrace.tracefile.place import connect_to_read

Found = TypeVar("Found")
_LOSSES = "SELECT data FROM events WHERE kind = 'LossComputed' ORDER BY id"
_OPTIMIZERS = "SELECT optimizer FROM updates GROUP BY optimizer ORDER BY min(id)"
_ODD = (
    sqlite3.Error, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
    RecursionError, MemoryError, ZeroDivisionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overview:
    """What a whole trace has: names of loss terms, and of optimizers, the earliest first."""

    terms: tuple[str, ...]
    optimizers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportedUpdate:
    """An update, and the learning rate that its step had for each parameter of its optimizer."""

    update: Update
    lr: Mapping[str, float]


def look_over(path: Path) -> Overview:
    """Read the names that a trace uses, without reading its events.

    Raises:
        TraceFileError: it cannot be read.
    """

    def read() -> Overview:
        with closing(connect_to_read(path)) as connection:
            terms: dict[str, None] = {}
            for (data,) in connection.execute(_LOSSES):
                terms |= dict.fromkeys(codec.fields_of_json(data, LossComputed, ["terms"])["terms"])
            names = [unpack_text(name) or "" for (name,) in connection.execute(_OPTIMIZERS)]
        return Overview(tuple(terms), tuple(names))

    return guard(path, read)


def walk(trace: TraceFile, *, has_bar: bool) -> Iterator[ExportedUpdate]:
    """Yield every update, the unfinished ones last; a few events at a time are in memory.

    Raises:
        TraceFileError: the trace is damaged; what came before was yielded.
    """
    ledger = Ledger()
    groups: dict[str, Sequence[Sequence[str]]] = {}
    bar = Bar(trace.path.name, len(trace.updates), wanted=has_bar)
    count = 0

    def take(event: Event) -> list[Update]:
        return list(ledger.take(event))

    try:
        for event in trace.events:
            if isinstance(event, OptimizerSeen):
                groups[event.optimizer] = [group.parameters for group in event.groups]
            for update in guard(trace.path, partial(take, event)):
                yield ExportedUpdate(update, _rates(update, groups))
                count += 1
                bar.advance(count)
        for update in guard(trace.path, lambda: list(ledger.unfinished_updates())):
            yield ExportedUpdate(update, {})
    finally:
        bar.pause()


def guard(path: Path, read: Callable[[], Found]) -> Found:
    """Return what `read` does; whatever odd data leads to is said as any damage is.

    Raises:
        TraceFileError: the data was odd.
    """
    try:
        return read()
    except _ODD as error:
        reason = str(error) or type(error).__name__
        raise TraceFileError(f"{path}: is damaged: {reason:.200}") from error


def _rates(update: Update, groups: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, float]:
    """Return each parameter's rate; without knowing the groups, only a single rate is anyone's."""
    known = groups.get(update.optimizer, ())
    if len(known) != len(update.lr):
        if len(update.lr) != 1:
            return {}
        known = [[name for name, row in update.rows.items() if row.change is not None]]
    return {name: lr for names, lr in zip(known, update.lr, strict=True) for name in names}
