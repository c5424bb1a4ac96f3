"""One number out of a reading: an element where its tensor's numbers were kept, else the norm."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from backtrace.ledger.events import Reading, ReceiptTerm


@dataclass(frozen=True, slots=True)
class Amount:
    """An element's number, or the norm of its whole tensor."""

    number: float
    is_norm: bool = False

    @property
    def is_finite(self) -> bool:
        """Whether it is neither NaN nor infinite."""
        return isfinite(self.number)


def pick_amount(reading: Reading | None, offset: int | None) -> Amount | None:
    """Return the element at a place in row-major order, or the norm; None for no reading.

    Where all elements are alike, each is known although none was kept.
    """
    if reading is None:
        return None
    if offset is None:
        return Amount(reading.norm, is_norm=True)
    if reading.values is not None and offset < len(reading.values):  # a file may hold anything
        return Amount(reading.values[offset])
    if reading.zeros == reading.numel:
        return Amount(0.0)
    if not reading.nonfinite and reading.min == reading.max:
        return Amount(reading.min)
    return Amount(reading.norm, is_norm=True)


def pick_term(term: ReceiptTerm, offset: int | None) -> Amount:
    """Return the same of a receipt's term."""
    if offset is None or term.values is None or offset >= len(term.values):
        return Amount(term.norm, is_norm=True)
    return Amount(term.values[offset])
