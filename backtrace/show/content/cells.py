"""Numbers and readings as short text: what stands in one cell of a table.

A gradient of None, a gradient of zeros and a reading that does not exist are three facts, and
read as three things: `None`, `0` or `zeros`, and `–`. Nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isinf, isnan, log10
from typing import Literal

from backtrace import printable
from backtrace.language import translated
from backtrace.ledger.events import Reading
from backtrace.show.content.sums import Partial, Shown

Detail = Literal["full", "short", "norm"]
Tone = Literal["plain", "none", "zeros", "nonfinite", "absent"]

literal = printable.literal
UNKNOWN = "…"
ABSENT = "–"
_NOISE = 2.0**-23  # how far a float32 stands from the decimal number that was meant
_LABELS: dict[Detail, tuple[str, ...]] = {
    "full": ("norm", "mean", "min…max"),
    "short": ("norm", "mean"),
    "norm": ("norm",),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's lines of text, and what kind of fact they tell."""

    lines: tuple[str, ...]
    tone: Tone = "plain"


def number(x: float, digits: int = 6, *, signed: bool = False) -> str:
    """Return `x` in at most `digits + 3` characters.

    `digits` bounds the decimals below 1 and the significant digits above; what is too small or
    too large for that is written with an exponent. A true zero, and only that, reads `0`; zeros
    at the end are left out only where nothing was rounded away, so `1` is one and `1.000` is near.
    """
    if isnan(x):
        return "nan"
    sign = "-" if x < 0 else "+" if signed and x != 0 else ""
    size = abs(x)
    if isinf(x):
        return f"{sign}inf"
    if size == 0:
        return "0"
    whole = floor(log10(size)) + 1 if size >= 1 else 0
    decimals = max(1, digits - 4)  # of a mantissa
    if whole > digits or size < 10.0 ** (decimals - digits):
        text = f"{size:.{decimals}e}"
    else:
        text = f"{size:.{digits - whole}f}"
    return sign + (_trim(text) if abs(float(text) - size) <= _NOISE * size else text)


def percent(share: float) -> str:
    """Return a share of 0 to 1 as percent, such that only none reads `0 %` and only all `100 %`."""
    if 0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1:
        return ">99.9 %"
    return f"{100 * share:.3g} %"


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape as torch users write it: `(6, 1, 5, 5)`, `(6,)`, `()`."""
    return str(tuple(shape))


def is_zero(reading: Reading) -> bool:
    """Whether every element is zero."""
    return reading.zeros == reading.numel


def shows_values(readings: Sequence[Shown | None], limit: int) -> bool:
    """Whether all readings have kept their elements, and not more of them than `limit`."""
    found = [reading for reading in readings if reading is not None]
    return bool(found) and all(
        isinstance(reading, Reading) and reading.values is not None and reading.numel <= limit
        for reading in found
    )


def statistic_labels(readings: Sequence[Shown | None], detail: Detail) -> tuple[str, ...]:
    """Return which statistics of these readings to show; counts of 0 in all of them are left out.

    Non-finite counts are shown at every level of detail.
    """
    found = [reading for reading in readings if isinstance(reading, Reading)]
    labels = _LABELS[detail]
    if detail == "full" and any(0 < reading.zeros < reading.numel for reading in found):
        labels = (*labels, "zeros")
    if any(reading.nonfinite for reading in found):
        labels = (*labels, "non-finite")
    return labels


def reading_cell(
    reading: Shown | None,
    labels: Sequence[str],
    *,
    digits: int = 6,
    signed: bool = False,
    is_grad: bool = False,
) -> Cell:
    """Return a reading as a cell: the statistics named by `labels`, or its elements if none are.

    `is_grad` says that a reading of None is a gradient of None, not a thing that does not exist.
    """
    if reading is None:
        return Cell(("None",), "none") if is_grad else Cell((ABSENT,), "absent")
    if isinstance(reading, Partial):
        known = {"mean": number(reading.mean, digits, signed=signed)}
        return Cell(tuple(known.get(label, UNKNOWN) for label in labels))
    if reading.numel == 0:
        return Cell((translated("empty"),), "absent")
    if is_zero(reading):
        return Cell(("0",) if reading.numel == 1 else (translated("zeros"),), "zeros")
    tone: Tone = "nonfinite" if reading.nonfinite else "plain"
    if not labels and reading.values is not None:
        return Cell(tuple(number(v, digits, signed=signed) for v in reading.values), tone)
    return Cell(tuple(_statistic(reading, label, digits, signed) for label in labels), tone)


def _statistic(reading: Reading, label: str, digits: int, signed: bool) -> str:
    match label:
        case "norm":
            return number(reading.norm, digits)
        case "mean":
            return number(reading.mean, digits, signed=signed)
        case "min…max":
            short = max(4, digits - 2)
            return f"{number(reading.min, short)}…{number(reading.max, short)}"
        case "zeros":
            return percent(reading.zeros / reading.numel)
        case _:
            return f"{reading.nonfinite} of {reading.numel}" if reading.nonfinite else "0"


def _trim(text: str) -> str:
    mantissa, mark, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + mark + exponent
