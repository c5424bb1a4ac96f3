"""What a loss is divided by, between what a loss function gave and its backward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isclose, isfinite

from backtrace.ledger.graph_parts import LOSS_NODES
from backtrace.ledger.graph_seen import Op

_UNKNOWN = 0.0
_ADDS = ("Add", "Sub", "Rsub")
_LOSSES = tuple(LOSS_NODES.values())


def find_divisors(path: Sequence[Op]) -> Iterator[float]:
    """Give each number that divides a loss, 0 for one that is not known, such as a tensor's.

    What lies behind a loss function's node, such as the factors of a dropout, is no part of it; nor
    is the weight that one of several terms is multiplied by.
    """
    weights: Counter[float] = Counter()
    has_terms = False
    for op in path:
        if op.name.startswith(_LOSSES):
            break
        has_terms |= op.name.startswith(_ADDS)
        divisor = _read(op)
        if divisor is not None and has_terms and op.name.startswith("Mul"):
            weights[round(divisor, 6)] += 1
        elif divisor is not None:
            yield divisor
    yield from (divisor for divisor, terms in weights.items() if terms > 1)


def _read(op: Op) -> float | None:
    """Return what an operation divides by, None where it is no division."""
    if not op.name.startswith(("Div", "Mul")):
        return None
    if not op.scalar or not isfinite(op.scalar):
        return _UNKNOWN
    divisor = op.scalar if op.name.startswith("Div") else 1 / op.scalar
    return divisor if isfinite(divisor) else _UNKNOWN


def is_multiple(divisor: float, count: int) -> bool:
    """Whether a divisor is that of an average over `count` losses, or may be."""
    if divisor == _UNKNOWN:
        return True
    parts = round(abs(divisor) / max(count, 1))
    return parts > 0 and isclose(abs(divisor), parts * count, rel_tol=1e-5)
