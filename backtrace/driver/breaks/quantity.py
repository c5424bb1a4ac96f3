"""The condition that compares a number of the run with a bound: `loss > 2*mean(10)`."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from statistics import fmean

from backtrace.driver.breaks.condition import Condition, Moment
from backtrace.driver.breaks.conditions import describe_absent, matches
from backtrace.ledger.events import BackwardRan, Event, Reading, StepTaken

COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


@dataclass(frozen=True)
class Bound:
    """A number, or a multiple of the mean of the last `mean` numbers before this one."""

    factor: float
    mean: int = 0


class Quantity(Condition):
    """Stops where a number of the run is beyond a bound; of several tensors, that of any."""

    def __init__(self, text: str, what: str, glob: str, sign: str, bound: Bound) -> None:
        super().__init__(text)
        self._what, self._glob, self._sign, self._bound = what, glob, sign, bound
        self._before: dict[str, deque[float]] = {}
        self._holds: dict[str, bool] = {}

    def look(self, moment: Moment) -> str:
        """Compare each number that the event gives."""
        said = ""
        for name, number in _READ[self._what](moment.event, self._glob):
            bound = self._bound_of(name)
            holds = bound is not None and COMPARE[self._sign](number, bound)
            if holds and not self._holds.get(name) and not said:
                of = f" of {name}" if name else ""
                more = f", {bound:.6g}" if self._bound.mean else ""
                said = f"the {self._what.replace('_', ' ')}{of} is {number:.6g}: {self.text}{more}"
            self._holds[name] = holds
            if self._bound.mean:
                self._before.setdefault(name, deque(maxlen=self._bound.mean)).append(number)
        return said

    def describe_never(self, names: Sequence[str]) -> str:
        """Say so where there is no such tensor."""
        absent = describe_absent(self._glob, names) if self._glob else ""
        return absent or super().describe_never(names)

    def _bound_of(self, name: str) -> float | None:
        """Return the bound, None before there are enough numbers for a mean."""
        if not self._bound.mean:
            return self._bound.factor
        before = self._before.get(name, ())
        return self._bound.factor * fmean(before) if len(before) == self._bound.mean else None


_Numbers = Iterator[tuple[str, float]]


def _losses(event: Event, glob: str) -> _Numbers:
    if isinstance(event, BackwardRan) and event.loss is not None:
        yield "", event.loss


def _rates(event: Event, glob: str) -> _Numbers:
    if isinstance(event, StepTaken) and event.lr:
        yield "", max(event.lr)


def _grads(event: Event, glob: str) -> _Numbers:
    if isinstance(event, BackwardRan):
        yield from _norms({name: entry.after for name, entry in event.grads.items()}, glob)


def _values(event: Event, glob: str) -> _Numbers:
    if isinstance(event, StepTaken):
        yield from _norms({name: entry.after for name, entry in event.values.items()}, glob)


def _changes(event: Event, glob: str) -> _Numbers:
    if isinstance(event, StepTaken):
        yield from _norms({name: entry.delta for name, entry in event.values.items()}, glob)


def _norms(readings: Mapping[str, Reading | None], glob: str) -> _Numbers:
    """Give the norm of each tensor that is meant; without a glob, that of all together."""
    found = [(name, r.norm) for name, r in readings.items() if r is not None]
    if glob:
        yield from ((name, norm) for name, norm in found if matches(name, glob))
    elif found:
        yield "", hypot(*(norm for _, norm in found))


_READ: Mapping[str, Callable[[Event, str], _Numbers]] = {
    "loss": _losses,
    "lr": _rates,
    "grad_norm": _grads,
    "value_norm": _values,
    "change_norm": _changes,
}
OF_ALL = ("loss", "lr")  # that no tensor has
QUANTITIES = tuple(_READ)
