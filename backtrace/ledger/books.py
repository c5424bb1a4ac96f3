"""Do the books balance? before + added = after, checked on the readings that are shown.

Where a tensor is small enough for its numbers to be kept, every element is checked; else the
sums are (mean × number of elements). Floating-point addition rounds, so a residual counts as
rounding up to a bound that grows with the numbers added (Higham, "Accuracy and Stability of
Numerical Algorithms", section 2.2: one addition errs by at most eps/2 of its result).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from math import isfinite, sqrt
from operator import add

from backtrace.ledger.events import Reading

_EPS = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left when an account is added up.

    `residual` is a magnitude: the largest over the elements when `per_element`, else that of
    the sums. `bound` is what rounding explains. A residual of NaN cannot be judged: some of the
    numbers were not finite.
    """

    residual: float
    bound: float
    per_element: bool

    @property
    def is_known(self) -> bool:
        """Whether the numbers were finite, so that the residual says something."""
        return isfinite(self.residual)

    @property
    def is_balanced(self) -> bool:
        """Whether rounding explains the residual."""
        return self.residual <= self.bound


NOTHING = Balance(0.0, 0.0, per_element=True)


def check(before: Reading | None, added: Sequence[Reading], after: Reading | None) -> Balance:
    """Return what is left of `before + sum(added) - after`; a gradient of None counts as 0."""
    readings = [reading for reading in (before, *added, after) if reading is not None]
    if not readings:
        return NOTHING
    eps, per_element = 0.0, True
    for reading in readings:
        if reading.nonfinite:
            return Balance(float("nan"), 0.0, per_element=False)
        eps = max(eps, _EPS.get(reading.dtype, 2.0**-7))
        per_element = per_element and reading.values is not None
    if per_element:
        return _check_elements(before, added, after, eps)
    left = add_up(_sum(reading) for reading in (before, *added)) - _sum(after)
    size = max(reading.norm * sqrt(reading.numel) for reading in readings)
    return Balance(abs(left), 4 * (len(added) + 1) * eps * size, per_element=False)


def add_up(numbers: Iterable[float]) -> float:
    """Return the sum, rounded after each addition as torch does it.

    From Python 3.12 on `sum` keeps track of what rounding loses: residuals would be others there.
    """
    return reduce(add, numbers, 0.0)


def worst(balances: Iterable[Balance]) -> Balance:
    """Return the balance to report for several: unbalanced first, then the largest residual."""

    def badness(balance: Balance) -> tuple[bool, bool, float]:
        finite = balance.residual if balance.is_known else 0.0
        return (balance.is_known and not balance.is_balanced, not balance.is_known, finite)

    found = list(balances)
    return found[0] if len(found) == 1 else max(found, key=badness, default=NOTHING)


def _check_elements(
    before: Reading | None, added: Sequence[Reading], after: Reading | None, eps: float
) -> Balance:
    columns = [r.values for r in (before, *added) if r is not None and r.values is not None]
    result = after.values if after is not None and after.values is not None else ()
    totals = [add_up(column) for column in zip(*columns, strict=True)]
    result = result or (0.0,) * len(totals)
    totals = totals or [0.0] * len(result)
    residual = max((abs(t - a) for t, a in zip(totals, result, strict=True)), default=0.0)
    size = max(map(abs, chain(*columns, result)), default=0.0)
    return Balance(residual, (len(added) + 1) * eps * size, per_element=True)


def _sum(reading: Reading | None) -> float:
    return 0.0 if reading is None else reading.mean * reading.numel
