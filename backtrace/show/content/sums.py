"""Sums over readings: several micro-batches of one tensor, or several tensors taken as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum, hypot, isfinite, isinf, isnan

from backtrace.ledger.events import Reading


@dataclass(frozen=True, slots=True)
class Partial:
    """What is known of a sum of readings whose elements were not kept: means add, norms do not."""

    mean: float
    numel: int


Shown = Reading | Partial


def sum_readings(readings: Sequence[Reading | None]) -> Shown | None:
    """Return the elementwise sum of readings of one shape, as far as it can be known."""
    found = [reading for reading in readings if reading is not None]
    if len(found) <= 1:
        return found[0] if found else None
    columns = [reading.values for reading in found if reading.values is not None]
    if len(columns) < len(found):
        return Partial(sum(reading.mean for reading in found), found[0].numel)
    values = tuple(sum(column) for column in zip(*columns, strict=True))
    return Reading(
        shape=found[0].shape,
        dtype=found[0].dtype,
        norm=hypot(*values),
        mean=sum(values) / len(values) if values else float("nan"),
        min=min(values, default=float("nan")),
        max=max(values, default=float("nan")),
        zeros=sum(v == 0 for v in values),
        nonfinite=sum(isnan(v) or isinf(v) for v in values),
        values=values,
    )


def combine_readings(readings: Sequence[Shown | None]) -> Shown | None:
    """Return the statistics of several tensors taken as one; None when there are none."""
    found = [reading for reading in readings if reading is not None and reading.numel]
    if not found:
        return None
    numel = sum(reading.numel for reading in found)
    mean = _total(reading.mean * reading.numel for reading in found) / numel
    full = [reading for reading in found if isinstance(reading, Reading)]
    if len(full) < len(found):
        return Partial(mean, numel)
    return Reading(
        shape=(numel,),
        dtype=full[0].dtype,
        norm=hypot(*(reading.norm for reading in full)),
        mean=mean,
        min=_extreme([reading.min for reading in full], min),
        max=_extreme([reading.max for reading in full], max),
        zeros=sum(reading.zeros for reading in full),
        nonfinite=sum(reading.nonfinite for reading in full),
    )


def _total(numbers: Iterable[float]) -> float:
    found = list(numbers)
    return fsum(found) if all(map(isfinite, found)) else sum(found)


def _extreme(numbers: Sequence[float], choose: Callable[[Sequence[float]], float]) -> float:
    return float("nan") if any(map(isnan, numbers)) else choose(numbers)
