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
from itertools import repeat
from math import isfinite, nan, sqrt
from operator import add, le, mul, sub

from backtrace.ledger.events import Reading
from backtrace.ledger.quick_init import quick_init

Numbers = tuple[float, ...]
Sum = tuple[Reading | None, Reading, Reading | None]  # before, what was added, after
EPS = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
WORST_EPS = 2.0**-7  # of whatever else there is


@quick_init
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
    given = [*added] if before is None else [before, *added]
    readings = given if after is None else [*given, after]
    if not readings:
        return NOTHING
    eps, columns = 0.0, []
    for reading in readings:
        if reading.nonfinite:
            return Balance(nan, 0.0, per_element=False)
        eps = max(eps, EPS.get(reading.dtype, WORST_EPS))
        if reading.values is not None:
            columns.append(reading.values)
    if len(columns) == len(readings):
        result = None if after is None else columns.pop()
        return _check_elements(columns, result, (len(added) + 1) * eps)
    left = add_up(map(_sum, given)) - (_sum(after) if after is not None else 0.0)
    size = max(reading.norm * sqrt(reading.numel) for reading in readings)
    return Balance(abs(left), 4 * (len(added) + 1) * eps * size, per_element=False)


def worst_of_many(groups: Sequence[Sequence[Sum]]) -> Balance:
    """Return the `worst` of the balances of groups of sums, of each the worst of its own.

    Elements of all are added up at once, each against what rounding explains of it alone: where
    every one passes, the largest residual tells which group it is, and only that is looked at.
    """
    at = _largest_of_balanced(groups)
    return worst(map(_judge, groups)) if at is None else _judge(groups[at])


def _largest_of_balanced(groups: Sequence[Sequence[Sum]]) -> int | None:
    """Return the first group with the largest residual; None where some do not balance."""
    found = [(0.0, 0)] if groups else []  # residuals, and the groups that they are of, negative
    columns: dict[str, tuple[list[float], list[float], list[float], list[int]]] = {}
    for at, group in enumerate(groups):
        for each in group:
            elements = _elements(*each)
            if elements is None:
                balance = _judge([each])
                if not (balance.is_known and balance.is_balanced):
                    return None
                found.append((balance.residual, -at))
                continue
            dtype, before, added, after = elements
            one, two, three, owners = columns.setdefault(dtype, ([], [], [], []))
            one += before
            two += added
            three += after
            owners += [at] * len(after)
    for dtype, (one, two, three, owners) in columns.items():
        residuals = list(map(abs, map(sub, map(add, one, two), three)))
        sizes = map(max, map(abs, one), map(abs, two), map(abs, three))
        bounds = map(mul, sizes, repeat(2 * EPS.get(dtype, WORST_EPS)))
        if not all(map(le, residuals, bounds)):
            return None
        if residuals:
            largest = max(residuals)
            found.append((largest, -owners[residuals.index(largest)]))
    return -max(found)[1] if found else None


def add_up(numbers: Iterable[float]) -> float:
    """Return the sum, rounded after each addition as torch does it.

    From Python 3.12 on `sum` keeps track of what rounding loses: residuals would be others there.
    """
    return reduce(add, numbers, 0.0)


def worst(balances: Iterable[Balance]) -> Balance:
    """Return the balance to report for several: unbalanced first, then the largest residual."""
    found, most = NOTHING, (False, False, -1.0)
    for balance in balances:
        if isfinite(balance.residual):
            badness = (not balance.is_balanced, False, balance.residual)
        else:
            badness = (False, True, 0.0)
        if badness > most:
            found, most = balance, badness
    return found


def _judge(group: Sequence[Sum]) -> Balance:
    return worst(check(before, [added], after) for before, added, after in group)


def _elements(
    before: Reading | None, given: Reading, after: Reading | None
) -> tuple[str, Numbers, Numbers, Numbers] | None:
    """Return the type and the elements of all three, where they are alike and finite."""
    if after is None or given.values is None or after.values is None:
        return None
    dtype, count = given.dtype, len(given.values)
    if given.nonfinite or after.nonfinite or after.dtype != dtype or len(after.values) != count:
        return None
    if before is None:  # counts as 0
        return dtype, (0.0,) * count, given.values, after.values
    if before.values is None or before.nonfinite or before.dtype != dtype:
        return None
    if len(before.values) != count:
        return None
    return dtype, before.values, given.values, after.values


def _check_elements(
    columns: Sequence[tuple[float, ...]], result: tuple[float, ...] | None, rounding: float
) -> Balance:
    """Add columns up element by element, in C: small tensors are most of what is checked."""
    totals: Iterable[float] = columns[0] if columns else ()
    for column in columns[1:]:
        totals = map(add, totals, column)
    left = totals if result is None else map(sub, totals, result) if columns else result
    size = 0.0
    for column in columns if result is None else (*columns, result):
        if column:
            high, low = max(column), min(column)
            size = max(size, high, -low)
    return Balance(max(map(abs, left), default=0.0), rounding * size, per_element=True)


def _sum(reading: Reading) -> float:
    return reading.mean * reading.numel
