"""A long run at a glance: medians of its first and its last quarter, and how fast it goes.

Medians of many updates, for a single one tells of its batch as much as of the run.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, isfinite, log
from statistics import median

from backtrace.ledger.entry_columns import lines_of
from backtrace.ledger.events import Event, Kind, ParameterSeen, StepTaken
from backtrace.ledger.name_globs import is_chosen
from backtrace.ledger.updates import Update
from backtrace.tracefile import TraceFile
from backtrace.tracefile.plot_series import Field

LONG = 40  # updates from which on a run has trends
_FEWEST = 8  # numbers that make a trend
_MOSTLY = 0.75  # of them that must be positive for a slope
_FIELDS: tuple[Field, ...] = ("grad_after", "value_after", "ratio")  # as in `TensorTrends`
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
    book = TrendBook(params)
    for each in trace.outline():
        if each.is_complete:
            book.add_loss(each.number, each.optimizer, each.loss)
    for field in _FIELDS:
        for number, name, norm in trace.series(field):
            book.add(field, number, name, norm)
    for seen in trace.parameters.values():
        book.take_event(seen)
    return book.trends()


class TrendBook:
    """Takes a run's numbers as it is gone through: each event before the update that it ends."""

    def __init__(self, params: Sequence[str] = ()) -> None:
        self._params = params
        self._updates, self._span = 0, 1
        self._losses: dict[str, list[tuple[int, float]]] = {}
        self._series: dict[Field, dict[str, _Series]] = {field: {} for field in _FIELDS}
        self._kinds: dict[str, Kind] = {}
        self._step: StepTaken | None = None

    def take_event(self, event: Event) -> None:
        """Remember a step until its update has a number, and of what kind a tensor is."""
        if isinstance(event, StepTaken):
            self._step = event
        elif isinstance(event, ParameterSeen):
            self._kinds[event.name] = event.kind

    def take_update(self, update: Update) -> None:
        """Enter the loss of an update, and the norms of its step."""
        if self._step is None or not update.is_complete:
            return
        number = update.index
        self.add_loss(number, update.optimizer, update.loss)
        for name, grad in self._step.grads.items():
            if grad is not None:
                self.add("grad_after", number, name, grad.norm)
        for name, before, after, change in lines_of(self._step.values):
            if after is not None:
                self.add("value_after", number, name, after.norm)
            if change is not None and before is not None and before.norm > 0:
                self.add("ratio", number, name, change.norm / before.norm)

    def add_loss(self, number: int, optimizer: str, loss: float | None) -> None:
        """Count an update in, and enter its loss."""
        self._updates += 1
        self._span = max(self._span, number)
        if loss is not None:
            self._losses.setdefault(optimizer, []).append((number, loss))

    def add(self, field: Field, number: int, name: str, norm: float) -> None:
        """Enter what was read of a tensor in an update."""
        found = self._series[field]
        series = found.get(name)
        if series is None:
            if not is_chosen(name, self._params):
                return
            series = found[name] = _Series()
        series.add(number, norm)

    def trends(self) -> RunTrends:
        """Return the trends of what was entered."""
        per = max(10 ** (len(str(self._span)) - 1), 10)
        return RunTrends(
            updates=self._updates,
            per=per,
            losses=tuple(_of_losses(name, pairs, per) for name, pairs in self._losses.items()),
            tensors=tuple(
                self._of_tensor(name, per)
                for name in self._series["value_after"]
                if self._kinds.get(name) != "input"
            ),
        )

    def _of_tensor(self, name: str, per: int) -> TensorTrends:
        found = (self._series[field].get(name, _Series()) for field in _FIELDS)
        return TensorTrends(name, *(series.trend(per) for series in found))


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
