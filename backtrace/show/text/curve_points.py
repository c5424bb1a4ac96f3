"""The losses of several runs or optimizers on one axis, each at the numbers of its own updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import nan

Points = Sequence[tuple[int, float]]


def on_one_axis(points: Mapping[str, Points]) -> tuple[dict[str, list[float]], list[int]]:
    """Return the losses of each, and the updates' numbers at which they stand.

    There are no numbers where one has several losses of a number: they are counted then.
    """
    if not all(_is_rising(each) for each in points.values()):
        return {name: [loss for _, loss in each] for name, each in points.items()}, []
    numbers = sorted({number for each in points.values() for number, _ in each})
    return {name: _spread(each, numbers) for name, each in points.items()}, numbers


def _is_rising(points: Points) -> bool:
    return all(one < two for (one, _), (two, _) in pairwise(points))


def _spread(points: Points, numbers: Sequence[int]) -> list[float]:
    """Return a loss for each of the numbers up to the last that was read.

    Updates that were not read lie on the line between their neighbours, as it is drawn.
    """
    found, wanted = dict(points), set(numbers)
    for (one, low), (two, high) in pairwise(points):
        for number in wanted.intersection(range(one + 1, two)):
            found[number] = low + (high - low) * (number - one) / (two - one)
    end = points[-1][0] if points else 0
    return [found.get(number, nan) for number in numbers if number <= end]
