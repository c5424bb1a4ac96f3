"""The table as a Parquet file, written in row groups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from backtrace.driver.view import RunResult, View
from backtrace.errors import UsageError
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.printable import literal_lines
from backtrace.show.export.play import look_over, play
from backtrace.show.export.rates import Rates
from backtrace.show.export.request import Request
from backtrace.show.export.table import Cell, columns, rows_of
from backtrace.show.export.target import replace_when_done
from backtrace.show.json.document import to_json
from backtrace.tracefile import TraceFile

_ROWS = 10_000  # in a row group: some 10 MB while it is gathered


def export_parquet(trace: TraceFile, request: Request) -> None:
    """Write the table; its metadata holds the trace's header under `backtrace`, as JSON.

    Raises:
        TraceFileError: the trace is damaged.
        UsageError: the file cannot be written, or pyarrow is missing.
    """
    check_pyarrow()
    assert request.output is not None
    terms = look_over(trace.path).terms
    with replace_when_done(request.output) as fresh:
        _write(trace, fresh, terms, request)


def check_pyarrow() -> None:
    """Make sure that there is what writes Parquet.

    Raises:
        UsageError: there is not; the text says how to install it.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "a Parquet file is written with pyarrow, which cannot be imported here "
            f"({error}):\n    pip install 'torch-backtrace[parquet]'"
        ) from error


def _write(trace: TraceFile, fresh: Path, terms: tuple[str, ...], request: Request) -> None:
    from pyarrow import parquet

    schema = _schema(trace, terms)
    with parquet.ParquetWriter(fresh, schema, compression="zstd") as writer:
        view = ParquetView(writer, schema, terms, request.params)
        play(trace, view, has_bar=request.has_bar)


class ParquetView(View):
    """Gathers rows of updates, and writes them in groups."""

    def __init__(
        self, writer: Any, schema: Any, terms: tuple[str, ...], params: tuple[str, ...]
    ) -> None:
        self._writer, self._schema = writer, schema
        self._terms, self._params = terms, params
        self._rates = Rates()
        self._rows: list[list[Cell]] = []

    def take_event(self, event: Event) -> None:
        """Remember whose learning rates are whose."""
        self._rates.take(event)

    def take_update(self, update: Update) -> None:
        """Gather a row for each tensor; write those that make a group."""
        self._rows += rows_of(update, self._rates.of(update), self._terms, self._params)
        while len(self._rows) >= _ROWS:
            self._write_group()

    def finish(self, result: RunResult) -> None:
        """Write what is left."""
        if self._rows:
            self._write_group()

    def _write_group(self) -> None:
        group, self._rows = self._rows[:_ROWS], self._rows[_ROWS:]
        self._writer.write_table(_to_table(group, self._schema))


def _schema(trace: TraceFile, terms: tuple[str, ...]) -> Any:
    import pyarrow

    types = {
        "text": pyarrow.string(),
        "number": pyarrow.float64(),
        "count": pyarrow.int64(),
        "truth": pyarrow.bool_(),
    }
    header = json.dumps(to_json(asdict(trace.header)))
    fields = [(_clean(column.name), types[column.type]) for column in columns(terms)]
    return pyarrow.schema(fields, metadata={"backtrace": header})


def _to_table(rows: list[list[Cell]], schema: Any) -> Any:
    import pyarrow

    arrays = [
        pyarrow.array(list(_cleaned(cells)), type=field.type)
        for field, cells in zip(schema, zip(*rows, strict=True), strict=True)
    ]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


def _cleaned(cells: tuple[Cell, ...]) -> Iterator[Cell]:
    return (_clean(cell) if isinstance(cell, str) else cell for cell in cells)


def _clean(text: str) -> str:
    r"""Return text that acts on nothing: a lone surrogate becomes its escape, `\udc80`."""
    return literal_lines(text)
