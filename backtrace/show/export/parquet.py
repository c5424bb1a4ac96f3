"""The table as a Parquet file, written in row groups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from backtrace.errors import UsageError
from backtrace.show.export.request import Request
from backtrace.show.export.table import Cell, columns, rows_of
from backtrace.show.export.target import replace_when_done
from backtrace.show.export.walk import guard, look_over, walk
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
    rows = (
        row
        for moment in walk(trace, has_bar=request.has_bar)
        for row in rows_of(moment, terms, request.params)
    )
    with parquet.ParquetWriter(fresh, schema, compression="zstd") as writer:
        while group := list(islice(rows, _ROWS)):
            writer.write_table(guard(trace.path, partial(_to_table, group, schema)))


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
    r"""Return text that is Unicode: a lone surrogate becomes its escape, `\udc80`."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
