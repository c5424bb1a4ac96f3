"""Series for plots out of a trace file: what is asked of it, and how an answer is read."""

from __future__ import annotations

from typing import Any, Literal

from backtrace.tracefile import codec
from backtrace.tracefile.columns import unpack_text

Field = Literal["grad_after", "value_after", "change", "ratio", "zeros"]
Point = tuple[int, str, float]  # number of the update, name of the tensor, what was asked for

SERIES = {
    "grad_after": "SELECT number, name, norm FROM step_grads WHERE reading IS NOT NULL",
    "value_after": "SELECT number, name, after_norm FROM step_values WHERE after IS NOT NULL",
    "change": "SELECT number, name, change_norm FROM step_values WHERE delta IS NOT NULL",
    "ratio": "SELECT number, name, change_norm / before_norm FROM step_values "
    "WHERE delta IS NOT NULL AND before_norm > 0",
    "zeros": "SELECT number, name, zeros, shape FROM step_grads WHERE reading IS NOT NULL",
}


def read_point(row: tuple[Any, ...]) -> Point:
    """Return a point of a row that one of the queries gave."""
    number, name, found, *shape = row
    size = 1
    for length in codec.load(shape[0], tuple[int, ...]) if shape else ():
        size *= length
    value = codec.NAN if found is None else float(found)
    return int(number), unpack_text(name) or "", value / size if size else 0.0
