"""The table as comma-separated values, in UTF-8."""

from __future__ import annotations

import csv
from typing import TextIO

from backtrace.driver.view import RunPlan, View
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.printable import literal_lines
from backtrace.show.export.play import look_over, play
from backtrace.show.export.rates import Rates
from backtrace.show.export.request import Request
from backtrace.show.export.table import Cell, columns, rows_of
from backtrace.show.export.target import open_text
from backtrace.tracefile import TraceFile

# A spreadsheet takes a cell that opens so for a formula. An apostrophe is put before it, and
# before another apostrophe, so that taking one away gives the name back exactly.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def export_csv(trace: TraceFile, request: Request) -> None:
    """Write the table, a line for each update and tensor; no line is held back.

    Raises:
        TraceFileError: the trace is damaged.
        UsageError: the file cannot be written.
    """
    terms = look_over(trace.path).terms
    with open_text(request.output) as stream:
        play(trace, CsvView(stream, terms, request.params), has_bar=request.has_bar)


class CsvView(View):
    """Writes the rows of updates as they come."""

    def __init__(self, stream: TextIO, terms: tuple[str, ...], params: tuple[str, ...]) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")
        self._terms, self._params = terms, params
        self._rates = Rates()

    def start(self, plan: RunPlan) -> None:
        """Write the columns' names."""
        self._writer.writerow(literal_lines(column.name) for column in columns(self._terms))

    def take_event(self, event: Event) -> None:
        """Remember whose learning rates are whose."""
        self._rates.take(event)

    def take_update(self, update: Update) -> None:
        """Write a row for each tensor."""
        for row in rows_of(update, self._rates.of(update), self._terms, self._params):
            self._writer.writerow(map(make_safe, map(_without_controls, row)))


def _without_controls(cell: Cell) -> Cell:
    return literal_lines(cell) if isinstance(cell, str) else cell


def make_safe(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs; numbers are no text, and stay."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell
