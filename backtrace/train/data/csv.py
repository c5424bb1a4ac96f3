"""Columns of a CSV file with a header line."""

from __future__ import annotations

import csv
from pathlib import Path

import torch
from torch import Tensor

from backtrace.config.schema import CsvData
from backtrace.errors import DataError
from backtrace.train.data.files import find_file, synthetic_rows
from backtrace.train.data.rows import DataRequest, DataRows, make_rows
from backtrace.train.problems import suggest


def load(data: CsvData, wanted: DataRequest) -> DataRows | None:
    """Return input (rows, columns) and target (rows, columns), or (rows,) for a target by name.

    Raises:
        DataError: the file is missing, lacks a column, or has a cell that is no number.
    """
    if data.synthetic:
        return synthetic_rows(data, wanted)
    path = find_file(data.path, wanted.folder)
    targets = [data.target] if isinstance(data.target, str) else data.target
    columns = _read(path, [*data.input, *targets])
    x = torch.stack([columns[name].double() for name in data.input], dim=1)
    if isinstance(data.target, str):
        y = columns[data.target]
    else:
        y = torch.stack([columns[name] for name in targets], dim=1)
    return make_rows(x, y, wanted, scale=data.scale)


def _read(path: Path, names: list[str]) -> dict[str, Tensor]:
    """Return the named columns: integers where a column has nothing else, else float64."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            places = {name: _place(path, header, name) for name in names}
            cells: dict[str, list[str]] = {name: [] for name in names}
            for row in reader:
                if not row:
                    continue
                where = f"{path}:{reader.line_num}"
                if len(row) != len(header):
                    raise DataError(f"{where}: {len(row)} cells, the header has {len(header)}")
                for name, texts in cells.items():
                    texts.append(_number_text(row[places[name]], where, name))
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise DataError(f"{path} cannot be read as CSV: {error}") from error
    return {name: _column(texts) for name, texts in cells.items()}


def _place(path: Path, header: list[str], name: str) -> int:
    if name not in header:
        hint = suggest(name, header) or f"it has {', '.join(header)}"
        raise DataError(f"{path} has no column {name!r}; {hint}")
    return header.index(name)


def _number_text(text: str, where: str, column: str) -> str:
    try:
        float(text)
    except ValueError:
        raise DataError(f"{where}: column {column!r} has {text!r}, no number") from None
    return text


def _column(texts: list[str]) -> Tensor:
    try:
        return torch.tensor([int(text) for text in texts], dtype=torch.int64)
    except (ValueError, OverflowError, RuntimeError):
        return torch.tensor([float(text) for text in texts], dtype=torch.float64)
