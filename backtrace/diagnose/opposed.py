"""Whether two backwards pull the same tensors opposite ways, told by the norms of their sum."""

from __future__ import annotations

from collections.abc import Iterable
from math import nan, sqrt

from backtrace.ledger.events import BackwardRan


def cosine(first: BackwardRan, second: BackwardRan, names: Iterable[str]) -> float:
    """Return the cosine of the angle between what two backwards added to gradients.

    The first found them empty and the second adds to what the first left, so that the norms of
    both and of their sum tell it: |a + b|² = |a|² + |b|² + 2 |a| |b| cos. NaN where one of them
    is not known or zero.
    """
    one = other = both = 0.0
    for name in names:
        left, added = first.grads[name].after, second.grads[name].delta
        total = second.grads[name].after
        if left is None or added is None or total is None:
            return nan
        one, other, both = one + left.norm**2, other + added.norm**2, both + total.norm**2
    return (both - one - other) / (2 * sqrt(one * other)) if one * other > 0 else nan
