"""Readings of one tensor on several ranks become the reading of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import fsum, prod, sqrt

from backtrace.ledger.events import Reading


def join_parts(
    parts: Sequence[Reading | None], shape: tuple[int, ...], axis: int
) -> Reading | None:
    """Return the whole of which ranks hold one part each; None where they do not make it up.

    The norm is the root of the sum of the parts' squares. Elements are those of the parts, one
    after the other, where the tensor is cut along its first axis.
    """
    there = [each for each in parts if each is not None]
    if len(there) < len(parts) or sum(each.numel for each in there) != prod(shape):
        return None
    full = [each for each in there if each.numel]
    if not full:
        return replace(there[0], shape=shape) if there else None
    values = [each.values for each in full]
    whole = [number for each in values for number in each or ()]
    return Reading(
        shape, full[0].dtype,
        norm=sqrt(fsum(each.norm**2 for each in full)),
        mean=fsum(each.mean * each.numel for each in full) / prod(shape),
        min=min(each.min for each in full),
        max=max(each.max for each in full),
        zeros=sum(each.zeros for each in full),
        nonfinite=sum(each.nonfinite for each in full),
        values=tuple(whole) if axis == 0 and None not in values else None,
    )  # fmt: skip


def average(readings: Sequence[Reading | None]) -> Reading | None:
    """Return the mean of what the ranks have; None where not all its elements were kept."""
    lists = [each.values for each in readings if each is not None and each.values is not None]
    first = readings[0]
    if first is None or len(lists) < len(readings) or len({len(each) for each in lists}) > 1:
        return None
    return _of(first, [fsum(column) / len(lists) for column in zip(*lists, strict=True)])


def add_up(readings: Sequence[Reading | None]) -> Reading | None:
    """Return the sum of what backwards added; None where that is not known in full."""
    if len(readings) <= 1:
        return readings[0] if readings else None
    there = [each for each in readings if each is not None]
    mean = average(there) if there else None
    if mean is None or mean.values is None:
        return None
    return _of(mean, [number * len(there) for number in mean.values])


def _of(like: Reading, numbers: Sequence[float]) -> Reading:
    return Reading(
        like.shape, like.dtype,
        norm=sqrt(fsum(x * x for x in numbers)),
        mean=fsum(numbers) / max(1, len(numbers)),
        min=min(numbers, default=0.0),
        max=max(numbers, default=0.0),
        zeros=sum(x == 0 for x in numbers),
        nonfinite=like.nonfinite,
        values=tuple(numbers),
    )  # fmt: skip
