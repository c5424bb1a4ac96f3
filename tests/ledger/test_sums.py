"""Sums in the books round as torch's do, in every version of Python."""

from __future__ import annotations

from backtrace.ledger.books import add_up, check
from backtrace.ledger.events import Reading


def scalar(value: float) -> Reading:
    return Reading(
        shape=(1,), dtype="float64", norm=abs(value), mean=value, min=value, max=value,
        zeros=0, nonfinite=0, values=(value,),
    )  # fmt: skip


def test_each_addition_is_rounded() -> None:
    parts = (0.1,) * 10
    total = 0.0
    for part in parts:
        total += part
    assert add_up(parts) == total == 0.9999999999999999  # rounded once it is 1.0
    books = check(None, [scalar(part) for part in parts], scalar(total))
    assert books.residual == 0.0
