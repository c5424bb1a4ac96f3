"""Do the books of very many tensors balance? Added up a column at a time, where all is plain."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from math import inf, prod, sqrt
from operator import add, attrgetter, le, mul, sub

from backtrace.ledger.books import EPS, WORST_EPS, Balance, worst_of_many
from backtrace.ledger.entry_columns import Readings
from backtrace.ledger.events import Reading

_NONFINITE = attrgetter("nonfinite")
Largest = tuple[float, int]  # a residual, and the place of the entry that it is of


@dataclass(frozen=True, slots=True)
class SumColumns:
    """What stood in accounts, what was added, and what stood there then: one of each a tensor.

    Where nothing was added it is None, and there is nothing to add up.
    """

    before: Readings
    added: Readings
    after: Readings


def worst_of_columns(columns: Sequence[SumColumns]) -> Balance:
    """Return what `worst_of_many` does of the groups of sums that stand at one place each."""
    found: Largest | None = (0.0, 0)
    for each in columns:
        largest = _largest_of_balanced(each)
        found = None if largest is None or found is None else _larger(found, largest)
    if found is not None:
        return worst_of_many([_group_at(found[1], columns)])
    return worst_of_many([_group_at(at, columns) for at in range(len(columns[0].added))])


def _group_at(
    at: int, columns: Sequence[SumColumns]
) -> list[tuple[Reading | None, Reading, Reading | None]]:
    """Return the sums of one tensor."""
    return [
        (each.before[at], added, each.after[at])
        for each in columns
        if at < len(each.added) and (added := each.added[at]) is not None
    ]


def _larger(one: Largest, two: Largest) -> Largest:
    """Return the larger residual, the first of equal ones."""
    return max(one, two, key=lambda each: (each[0], -each[1]))


def _largest_of_balanced(columns: SumColumns) -> Largest | None:
    """Return the largest residual; None where one is unbalanced, or something is not plain."""
    places: Sequence[int] = range(len(columns.added))
    before, added, after = columns.before, columns.added, columns.after
    if not all(added):  # a reading is true: only None is not
        places = [at for at, each in enumerate(added) if each is not None]
        before, added, after = ([column[at] for at in places] for column in (before, added, after))
    if not places:
        return 0.0, 0
    given = [added, after] if not any(before) else [before, added, after]
    if not all(map(all, given)):
        return None
    readings: list[list[Reading]] = [[each for each in column if each] for column in given]
    dtypes = {each.dtype for column in readings for each in column}
    if len(dtypes) > 1 or any(map(_NONFINITE, chain(*readings))):
        return None
    eps = 2 * EPS.get(dtypes.pop(), WORST_EPS)
    values = [[each.values for each in column] for column in readings]
    if not any(None in column for column in values):  # of small tensors alone
        largest = _judge_elements(values, eps)
        return None if largest is None else (largest[0], places[largest[1]])
    are_kept = [None not in each for each in zip(*values, strict=True)]
    found: Largest = (0.0, 0)
    for is_kept in (True, False):
        own = [at for at, kept in enumerate(are_kept) if kept is is_kept]
        if own and is_kept:
            largest = _judge_elements([[column[at] for at in own] for column in values], eps)
        elif own:
            largest = _judge_totals([[column[at] for at in own] for column in readings], eps)
        else:
            continue
        if largest is None:
            return None
        found = _larger(found, (largest[0], places[own[largest[1]]]))
    return found


def _judge_elements(
    values: Sequence[Sequence[tuple[float, ...] | None]], eps: float
) -> Largest | None:
    """Add the elements up, each against what rounding explains of it alone."""
    lengths = [len(each or ()) for each in values[-1]]
    elements = [[x for each in column for x in each or ()] for column in values]
    if any([len(each or ()) for each in column] != lengths for column in values[:-1]):
        return None
    total = map(add, *elements[:-1]) if len(elements) == 3 else elements[0]
    residuals = list(map(abs, map(sub, total, elements[-1])))
    sizes = map(max, *(map(abs, column) for column in elements))
    if not all(map(le, residuals, map(mul, sizes, repeat(eps)))):
        return None
    if not residuals:
        return 0.0, 0
    largest = max(residuals)
    return largest, bisect_right(list(accumulate(lengths)), residuals.index(largest))


def _judge_totals(readings: Sequence[Sequence[Reading]], eps: float) -> Largest | None:
    """Add the sums up, as they follow from the means: `books.check` has the bound."""
    numels = [[prod(each.shape) for each in column] for column in readings]
    totals = [
        [each.mean * count for each, count in zip(column, counts, strict=True)]
        for column, counts in zip(readings, numels, strict=True)
    ]
    sizes = [
        [each.norm * sqrt(count) for each, count in zip(column, counts, strict=True)]
        for column, counts in zip(readings, numels, strict=True)
    ]
    total = map(add, *totals[:-1]) if len(totals) == 3 else totals[0]
    residuals = list(map(abs, map(sub, total, totals[-1])))
    bounds = map(mul, repeat(4 * eps), map(max, *sizes))
    if not all(map(le, residuals, bounds)) or max(residuals) == inf:
        return None
    largest = max(residuals)
    return largest, residuals.index(largest)
