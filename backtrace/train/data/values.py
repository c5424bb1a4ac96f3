"""Numbers written in the config itself."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.config.schema import ValuesData
from backtrace.train.data.rows import DataRequest, DataRows, make_rows
from backtrace.train.problems import first_line


def load(data: ValuesData, wanted: DataRequest) -> DataRows | None:
    """Return the rows, or write down which of the lists is no tensor."""
    x = _tensor(wanted, "data.input", data.input)
    y = _tensor(wanted, "data.target", data.target)
    return None if x is None or y is None else make_rows(x, y, wanted)


def _tensor(wanted: DataRequest, key: str, values: object) -> Tensor | None:
    kind = torch.int64 if _are_integers(values) else torch.float64
    try:
        return torch.tensor(values, dtype=kind)
    except (ValueError, TypeError, RuntimeError, OverflowError) as error:
        wanted.problems.add(key, f"this is no tensor: {first_line(error)}", "rows of one length")
        return None


def _are_integers(values: object) -> bool:
    if isinstance(values, list):
        return all(_are_integers(value) for value in values)
    return isinstance(values, int)
