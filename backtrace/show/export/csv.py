"""The table as comma-separated values, in UTF-8."""

from __future__ import annotations

import csv
from typing import TextIO

from backtrace.show.export.request import Request
from backtrace.show.export.table import Cell, columns, rows_of
from backtrace.show.export.target import open_text
from backtrace.show.export.walk import look_over, walk
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
        _write(trace, stream, terms, request)


def _write(trace: TraceFile, stream: TextIO, terms: tuple[str, ...], request: Request) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(column.name for column in columns(terms))
    for moment in walk(trace, has_bar=request.has_bar):
        for row in rows_of(moment, terms, request.params):
            writer.writerow(map(make_safe, row))


def make_safe(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs; numbers are no text, and stay."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell
