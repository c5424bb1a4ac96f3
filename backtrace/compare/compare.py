"""Goes through two runs update by update, and finds where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from math import isfinite, isinf, isnan

from backtrace.compare.account_walk import count_backwards, walk_accounts, walk_sums
from backtrace.compare.carried import CarriedGradients
from backtrace.compare.comparison import (
    Carried,
    Comparison,
    DifferingReading,
    HeldToNoise,
    LaterCall,
    NotFinite,
    OtherCalls,
    OtherShape,
    ReadUpdates,
)
from backtrace.compare.measure import Tolerance, is_proof, measure
from backtrace.compare.rounding_noise import RoundingNoise
from backtrace.compare.runs import ComparedRun
from backtrace.compare.settings import diff_sources, find_other_settings
from backtrace.ledger.updates import Update
from backtrace.show.content.call_line import calls_line


def compare(
    base: ComparedRun,
    other: ComparedRun,
    tolerance: Tolerance | None = None,
    *,
    exact: bool = False,
    noise: RoundingNoise | None = None,
) -> Comparison:
    """Compare the finished updates of two runs, parameter by parameter, by name.

    With `noise`, which is of the baseline, differences that it explains are none, whatever the
    tolerance says.

    Updates are read once and in order, so they may come from a file that is larger than memory.
    """
    pair = _Pair(tolerance or Tolerance(), noise)
    sides = _go_through(base, other, pair)
    return Comparison(
        base=base,
        other=other,
        tolerance=pair.tolerance,
        exact=exact,
        updates=len(pair.growth),
        lengths=(sides[0].length, sides[1].length),
        read=(sides[0].read(), sides[1].read()),
        order=pair.order,
        first=pair.first,
        beyond=pair.beyond,
        largest=max(pair.growth, default=0.0),
        growth=tuple(pair.growth),
        numbers=tuple(pair.numbers),
        measured=pair.measured,
        is_proved=pair.is_proved,
        only_base=tuple(name for name in sides[0].names if name not in sides[1].names),
        only_other=tuple(name for name in sides[1].names if name not in sides[0].names),
        shapes=tuple(pair.shapes.values()),
        nones=tuple(pair.nones.values()),
        calls=_with_later(pair, base.name, other.name),
        not_finite=(sides[0].not_finite, sides[1].not_finite),
        carried=_carried(base, other, pair),
        losses=pair.losses,
        backwards=(sides[0].backwards, sides[1].backwards),
        settings=find_other_settings(base, other),
        config=diff_sources(base, other),
        noise=pair.held_to(),
    )


def _go_through(base: ComparedRun, other: ComparedRun, pair: _Pair) -> tuple[_Side, _Side]:
    sides = (_Side(), _Side())
    one_by_one = base.is_rest or other.is_rest
    pair_up = zip_longest if one_by_one else _pair_updates
    for one, two in pair_up(base.finished(), other.finished()):
        for side, update in zip(sides, (one, two), strict=True):
            side.take(update)
        if one is not None and two is not None:
            pair.take(one, two, sides[0].length)
    return sides


def _pair_updates(
    base: Iterator[Update], other: Iterator[Update]
) -> Iterator[tuple[Update | None, Update | None]]:
    """Give the updates of both, those of one number together: of some runs not all were read."""
    one, two = next(base, None), next(other, None)
    while one is not None or two is not None:
        gap = 0
        if one is not None and two is not None and one.optimizer == two.optimizer:
            gap = one.index - two.index
        yield one if gap <= 0 else None, two if gap >= 0 else None
        one, two = next(base, None) if gap <= 0 else one, next(other, None) if gap >= 0 else two


class _Side:
    """What is known of one run after some of its updates."""

    def __init__(self) -> None:
        self.length = 0
        self._last: dict[str, int] = {}
        self._gap = 0
        self.names: dict[str, None] = {}
        self.backwards = 0
        self.not_finite: NotFinite | None = None

    def take(self, update: Update | None) -> None:
        if update is None:
            return
        self.length += 1
        before = self._last.get(update.optimizer)
        if before is not None:
            self._gap = max(self._gap, update.index - before)
        self._last[update.optimizer] = update.index
        self.names.update(dict.fromkeys(update.rows))
        self.backwards = max(self.backwards, count_backwards(update))
        known = self.not_finite
        is_broken = update.loss is not None and not isfinite(update.loss)
        if is_broken and (known is None or known.loss is None):
            at = (update.index, "loss") if known is None else (known.update, known.what)
            self.not_finite = NotFinite(*at, update.index)
        elif known is None and (what := _first_nonfinite(update)):
            self.not_finite = NotFinite(update.index, what, None)

    def read(self) -> ReadUpdates:
        """Return which updates of the run were read."""
        return ReadUpdates(self.length, max(self._last.values(), default=0), self._gap)


class _Pair:
    """What is known of two runs after some of the updates that both have."""

    def __init__(self, tolerance: Tolerance, noise: RoundingNoise | None) -> None:
        self.tolerance = tolerance
        self._noise = noise
        self._allowed = 0.0
        self.first: DifferingReading | None = None
        self.beyond: DifferingReading | None = None
        self.growth: list[float] = []
        self.numbers: list[int] = []
        self.measured = 0
        self.is_proved = True
        self.order = ""
        self.shapes: dict[str, OtherShape] = {}
        self.nones: dict[str, DifferingReading] = {}
        self.calls: OtherCalls | None = None
        self.ran: tuple[dict[str, int], dict[str, int]] = ({}, {})  # calls, and where they began
        self.carried = (CarriedGradients(), CarriedGradients())
        self.losses: tuple[int, float, float] | None = None

    def take(self, one: Update, two: Update, number: int) -> None:
        if self.order:
            return
        if one.optimizer != two.optimizer:
            what = f"{one.optimizer}'s in one, {two.optimizer}'s in the other"
            self.order = f"step {number} is {what}"
            return
        self.calls = self.calls or _other_calls(one, two)
        for ran, update in zip(self.ran, (one, two), strict=True):
            for call in update.calls:
                ran.setdefault(call.name, update.index)
        self.carried[0].take(one, two)
        self.carried[1].take(two, one)
        if one.loss is not None and two.loss is not None:
            self.losses = (one.index, one.loss, two.loss)
        self.growth.append(self._measure(one, two))
        self.numbers.append(one.index)

    def _measure(self, one: Update, two: Update) -> float:
        """Return the largest relative difference of numbers that both updates have."""
        largest, noise = 0.0, self._noise
        if noise is not None:
            noise.take(one)
        for pair in walk_accounts(one, two) if noise is None else walk_sums(one, two):
            bound = self.tolerance if noise is None else noise.tolerance_of(pair)
            distance = measure(pair.base, pair.other, bound)
            self.measured += 1
            if distance.is_bitwise:
                self.is_proved = self.is_proved and is_proof(pair.base, pair.other)
                continue
            if not isnan(distance.relative) and not isinf(bound.relative):
                largest = max(largest, distance.relative)
            if self.beyond is None and not distance.is_close:
                self._allowed = bound.relative
            self._enter(DifferingReading(one.index, *pair, distance))
        return largest

    def held_to(self) -> HeldToNoise | None:
        """Return the noise that was the measure, if it was."""
        noise = self._noise
        if noise is None:
            return None
        return HeldToNoise(self._allowed, noise.largest, tuple(noise.lost))

    def _enter(self, found: DifferingReading) -> None:
        self.first = self.first or found
        if not found.distance.is_close:
            self.beyond = self.beyond or found
        if found.base is None or found.other is None:
            self.nones.setdefault(found.parameter, found)
        elif found.base.shape != found.other.shape:
            shapes = OtherShape(found.parameter, found.base.shape, found.other.shape)
            self.shapes.setdefault(found.parameter, shapes)


def _other_calls(one: Update, two: Update) -> OtherCalls | None:
    lines = (calls_line(one.calls), calls_line(two.calls))
    if lines[0] == lines[1]:
        return None
    mine, theirs = (dict.fromkeys(call.name for call in each.calls) for each in (one, two))
    only_base = tuple(name for name in mine if name not in theirs)
    only_other = tuple(name for name in theirs if name not in mine)
    return OtherCalls(one.index, *lines, only_base, only_other)


def _with_later(pair: _Pair, *names: str) -> OtherCalls | None:
    """Return the first update whose calls differ, with the calls of one run that began after it."""
    found = pair.calls
    if found is None:
        return None
    later = [
        LaterCall(call, name, at)
        for name, mine, theirs in zip(names, pair.ran, pair.ran[::-1], strict=True)
        for call, at in mine.items()
        if call not in theirs and at > found.update
    ]
    return replace(found, later=tuple(later))


def _first_nonfinite(update: Update) -> str:
    """Return the first account with elements that are not finite, as `.grad of fc.weight`."""
    for row in update.rows.values():
        for account, reading in ((".grad", row.grad_after), ("value", row.value_after)):
            if reading is not None and reading.nonfinite:
                return f"{account} of {row.name}"
    return ""


def _carried(base: ComparedRun, other: ComparedRun, pair: _Pair) -> Carried | None:
    """Return which of both alone never clears its gradients."""
    for run, mine, theirs in zip((other, base), pair.carried[::-1], pair.carried, strict=True):
        if mine.is_constant and mine.start is not None and theirs.start is None:
            return Carried(run.name, mine.start, mine.parameter, tuple(mine.ratios.items()))
    return None
