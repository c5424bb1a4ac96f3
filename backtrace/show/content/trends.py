"""A long run at a glance: medians of its first and its last quarter, and how fast it goes.

Medians of many updates, for a single one tells of its batch as much as of the run.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, isfinite, log
from statistics import median

from backtrace.ledger.name_globs import is_chosen
from backtrace.tracefile import TraceFile

LONG = 40  # updates from which on a run has trends
_FEWEST = 8  # numbers that make a trend
_MOSTLY = 0.75  # of them that must be positive for a slope
_MOST = 200.0  # a power of e that a float holds with ease


@dataclass(frozen=True, slots=True)
class Trend:
    """Numbers of one kind: medians of two quarters, and by what factor some updates multiply them.

    `slope` is fitted to the logarithms, None where too few numbers are positive; of how many
    updates it is, `RunTrends.per` says.
    """

    first: float | None
    last: float | None
    slope: float | None

    @property
    def factor(self) -> float | None:
        """The last quarter over the first; None where that says nothing."""
        if not self.first or self.last is None or self.first < 0 or self.last <= 0:
            return None
        return self.last / self.first


@dataclass(frozen=True, slots=True)
class TensorTrends:
    """One tensor's: the norms of its gradient and its value, and of its changes over its value."""

    name: str
    grad: Trend
    value: Trend
    ratio: Trend


@dataclass(frozen=True, slots=True)
class LossTrend:
    """Of one optimizer's losses: `quarter` updates make a median.

    `lowest` is the least loss, and the update that had it; `nonfinite` counts losses that were
    not finite.
    """

    optimizer: str
    quarter: int
    loss: Trend
    lowest: tuple[float, int] | None
    nonfinite: int


@dataclass(frozen=True, slots=True)
class RunTrends:
    """Those of each optimizer's losses and of each tensor; slopes are of `per` updates."""

    updates: int
    per: int
    losses: tuple[LossTrend, ...]
    tensors: tuple[TensorTrends, ...]


def find_trends(trace: TraceFile, params: Sequence[str] = ()) -> RunTrends:
    """Return the trends of a trace, of tensors that `params` match; only norms are read.

    Raises:
        TraceFileError: it cannot be read.
    """
    updates = [each for each in trace.outline() if each.is_complete]
    span = max((each.number for each in updates), default=1)
    per = max(10 ** (len(str(span)) - 1), 10)
    losses: dict[str, list[tuple[int, float]]] = {}
    for each in updates:
        if each.loss is not None:
            losses.setdefault(each.optimizer, []).append((each.number, each.loss))
    grads = _collect(trace.series("grad_after"), params)
    values = _collect(trace.series("value_after"), params)
    ratios = _collect(trace.series("ratio"), params)
    nothing = _Series()
    kinds = {name: seen.kind for name, seen in trace.parameters.items()}
    tensors = (
        TensorTrends(
            name,
            grads.get(name, nothing).trend(per),
            values[name].trend(per),
            ratios.get(name, nothing).trend(per),
        )
        for name in values
        if kinds.get(name) != "input"
    )
    return RunTrends(
        updates=len(updates),
        per=per,
        losses=tuple(_of_losses(name, pairs, per) for name, pairs in losses.items()),
        tensors=tuple(tensors),
    )


def _of_losses(optimizer: str, pairs: list[tuple[int, float]], per: int) -> LossTrend:
    finite = [(number, loss) for number, loss in pairs if isfinite(loss)]
    return LossTrend(
        optimizer=optimizer,
        quarter=max(len(finite) // 4, 1),
        loss=_Series.of(finite).trend(per),
        lowest=min(((loss, number) for number, loss in finite), default=None),
        nonfinite=len(pairs) - len(finite),
    )


class _Series:
    """Numbers of updates and what was read there, in two arrays: there may be millions."""

    def __init__(self) -> None:
        self.numbers, self.norms = array("q"), array("d")

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, float]]) -> _Series:
        """Return a series of these, of which those that are not finite are left out."""
        made = cls()
        for number, norm in pairs:
            made.add(number, norm)
        return made

    def add(self, number: int, norm: float) -> None:
        """Take one in, if it is finite."""
        if isfinite(norm):
            self.numbers.append(number)
            self.norms.append(norm)

    def trend(self, per: int) -> Trend:
        """Return the medians of the first and the last quarter, and the slope of `per` updates."""
        if len(self.norms) < _FEWEST:
            return Trend(None, None, None)
        count = len(self.norms) // 4
        slope = self._slope(per)
        return Trend(median(self.norms[:count]), median(self.norms[-count:]), slope)

    def _slope(self, per: int) -> float | None:
        """Fit a line to the logarithms, and return what it multiplies by in `per` updates."""
        found = [
            (float(number), log(norm))
            for number, norm in zip(self.numbers, self.norms, strict=True)
            if norm > 0
        ]
        if len(found) < max(_FEWEST, _MOSTLY * len(self.norms)):
            return None
        mean_x = sum(x for x, _ in found) / len(found)
        mean_y = sum(y for _, y in found) / len(found)
        square = sum((x - mean_x) ** 2 for x, _ in found)
        if not square:
            return None
        steepness = per * sum((x - mean_x) * (y - mean_y) for x, y in found) / square
        return exp(steepness) if abs(steepness) < _MOST else None


def _collect(points: Iterable[tuple[int, str, float]], params: Sequence[str]) -> dict[str, _Series]:
    found: dict[str, _Series] = {}
    for number, name, norm in points:
        series = found.get(name)
        if series is None:
            if not is_chosen(name, params):
                continue
            series = found[name] = _Series()
        series.add(number, norm)
    return found
