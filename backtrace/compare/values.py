"""The numbers in which two readings differ, as short text."""

from __future__ import annotations

from backtrace.compare.comparison import DifferingReading
from backtrace.ledger.events import Reading
from backtrace.show.content.cells import number, shape_text


def describe_pair(place: DifferingReading) -> str:
    """Return both numbers as `-8.90439 against -18.9093`, or what there is instead of numbers."""
    one, two = place.base, place.other
    if one is not None and two is not None and one.shape != two.shape:
        return f"nothing in common: shape {shape_text(one.shape)} against {shape_text(two.shape)}"
    for digits in (6, 9):
        texts = (show_reading(one, place, digits), show_reading(two, place, digits))
        if texts[0] != texts[1]:
            break
    return f"{texts[0]} against {texts[1]}"


def show_reading(reading: Reading | None, place: DifferingReading, digits: int = 9) -> str:
    """Return the number in which both differ: the one of many that differs most, with its index.

    Where the elements were not kept it is the norm, and where shapes differ the shape.
    """
    if reading is None:
        return "None"
    one, two = place.base, place.other
    if one is not None and two is not None and one.shape != two.shape:
        return f"shape {shape_text(reading.shape)}"
    if reading.values is not None and reading.numel == 1:
        return number(reading.values[0], digits)
    if one is None or two is None or one.values is None or two.values is None:
        return f"‖{number(reading.norm, digits)}‖"
    gaps = [abs(a - b) if a != b else 0.0 for a, b in zip(one.values, two.values, strict=True)]
    at = gaps.index(max(gaps)) if gaps else 0
    return f"[{at}] {number((reading.values or ())[at], digits)}" if gaps else "empty"
