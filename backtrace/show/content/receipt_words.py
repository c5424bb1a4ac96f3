"""Numbers of a step's arithmetic in words that every form of it uses."""

from __future__ import annotations

from backtrace.ledger.events import Receipt
from backtrace.show.content.cells import number

MOST = 6  # numbers of a tensor that are written out


def divisor_text(receipt: Receipt) -> str:
    """Return `D = 9.47`, the divisor of a change; empty where it has none, or too many numbers."""
    if receipt.divisor is None or len(receipt.divisor) > MOST:
        return ""
    text = ", ".join(map(number, receipt.divisor))
    return f"D = {text}" if len(receipt.divisor) == 1 else f"D = ({text})"
