"""Numbers as a config nests them, against those that a reading holds in a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

from backtrace.compare.measure import Tolerance

Nested: TypeAlias = "float | list[Nested]"


def shape_of(numbers: Nested) -> tuple[int, ...]:
    """Return the shape of nested lists, which are equally long on each level."""
    shape = []
    while isinstance(numbers, list):
        shape.append(len(numbers))
        numbers = numbers[0]
    return tuple(shape)


def flatten(numbers: Nested) -> Iterator[float]:
    """Give the numbers of nested lists in row-major order."""
    if isinstance(numbers, list):
        for item in numbers:
            yield from flatten(item)
    else:
        yield float(numbers)


def count_numbers(numbers: Nested) -> int:
    """Return how many numbers nested lists hold."""
    return sum(1 for _ in flatten(numbers))


def describe_furthest(
    found: Sequence[float], wanted: Nested, shape: Sequence[int], tolerance: Tolerance
) -> str:
    """Return `[0, 1] is 0.5, not 0.25 …` for the element furthest off; '' where all are near."""
    places = product(*map(range, shape))
    worst, told = 0.0, ""
    for place, one, other in zip(places, found, flatten(wanted), strict=True):
        allowed = tolerance.absolute + tolerance.relative * abs(other)
        off = abs(one - other)
        is_near = off <= allowed or one == other
        if not is_near and (not told or off > worst):
            worst = off
            at = f"[{', '.join(map(str, place))}]" if place else ""
            told = (
                f"{at} is {one:.9g}, not {other:.9g} (off by {off:.2g}; {allowed:.2g} is allowed)"
            )
    return told
