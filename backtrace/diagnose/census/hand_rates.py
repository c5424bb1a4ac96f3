"""Follows rates that something else than a scheduler wrote, and that a scheduler wrote over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from backtrace.ledger.events import Event, StepSkipped, StepTaken
from backtrace.ledger.facts import SchedulerStepped, StepsPassed
from backtrace.ledger.state_facts import StateLoaded

_SAME = 1e-6
_FAR = 0.1  # of the larger of two rates
_BACK = 0.25  # of the way from the schedule's rate to the one by hand
_CALM = 2  # moves before it in which nothing else wrote a rate
_MOST = 100
# They change the rate that they find, and so keep what was written.
_GOES_ON = ("StepLR", "MultiStepLR", "ExponentialLR", "MultiplicativeLR", "ReduceLROnPlateau")


class _Written(NamedTuple):
    """A rate that a scheduler wrote over, at `update` and by `event`."""

    event: SchedulerStepped
    group: int
    kept: float
    rate: float
    update: int


@dataclass(frozen=True, slots=True)
class RateUndone:
    """Group `group` of an optimizer stood at `kept`, was given `rate`, and a scheduler set `after`.

    `where` is the line of the scheduler's step, `made` the one that made it, `type` its class, and
    `update` the step of the optimizer before. `is_with_step` says whether the step of the optimizer
    is in the same line.
    """

    optimizer: str
    group: int
    kept: float
    rate: float
    after: float
    type: str
    where: str
    made: str
    update: int
    is_with_step: bool


@dataclass(slots=True)
class _Group:
    """What is known of one group: the schedule's rate, and what was written since its last move."""

    kept: float
    calm: int = 0
    others: set[float] = field(default_factory=set)
    pending: _Written | None = None


@dataclass(slots=True)
class HandRateBook:
    """Each rate that was written once, and that the schedule went on from as if it had not been.

    One that is written anew before each move holds, and one that takes several values between two
    moves is a warm-up: neither is told.
    """

    undone: list[RateUndone] = field(default_factory=list)
    _groups: dict[str, list[_Group]] = field(default_factory=dict)
    _steps: dict[str, int] = field(default_factory=dict)
    _lines: dict[str, str] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Enter one event."""
        match event:
            case StepTaken():
                self._count(event.optimizer, 1)
                self._lines[event.optimizer] = event.where
                groups = self._groups.get(event.optimizer, ())
                for group, rate in zip(groups, event.lr, strict=False):
                    if not _is_same(rate, group.kept) and len(group.others) < _MOST:
                        group.others.add(rate)
            case StepSkipped():
                self._count(event.optimizer, 1)
            case StepsPassed():
                self._count(event.optimizer, event.count)
            case StateLoaded(kind="optimizer"):
                self._groups.pop(event.target, None)
            case SchedulerStepped():
                self._move(event)

    def _count(self, optimizer: str, steps: int) -> None:
        self._steps[optimizer] = self._steps.get(optimizer, 0) + steps

    def _move(self, event: SchedulerStepped) -> None:
        groups = self._groups.get(event.optimizer)
        if groups is None or not len(groups) == len(event.before) == len(event.after):
            self._groups[event.optimizer] = [_Group(rate) for rate in event.after]
            return
        for number, (group, rate, after) in enumerate(
            zip(groups, event.before, event.after, strict=True)
        ):
            is_written = not _is_same(rate, group.kept)
            if group.pending is not None and not is_written and not group.others:
                self._tell(group.pending)
            group.pending = None
            is_one = is_written and group.calm >= _CALM and group.others <= {rate}
            if is_one and event.type not in _GOES_ON and _is_back(group.kept, rate, after):
                at = self._steps.get(event.optimizer, 0)
                group.pending = _Written(event, number, group.kept, rate, at)
            group.calm = 0 if is_written or group.others else group.calm + 1
            group.kept = after
            group.others.clear()

    def _tell(self, found: _Written) -> None:
        if len(self.undone) >= _MOST:
            return
        event = found.event
        self.undone.append(
            RateUndone(
                optimizer=event.optimizer,
                group=found.group,
                kept=found.kept,
                rate=found.rate,
                after=event.after[found.group],
                type=event.type,
                where=event.where,
                made=event.made,
                update=found.update,
                is_with_step=event.where == self._lines.get(event.optimizer),
            )
        )


def _is_same(rate: float, other: float) -> bool:
    return abs(rate - other) <= _SAME * max(abs(rate), abs(other))


def _is_back(kept: float, rate: float, after: float) -> bool:
    """Whether a schedule went on from `kept` to `after`, far from the `rate` that it found."""
    way = abs(rate - kept)
    return way > _FAR * max(abs(rate), abs(kept)) and abs(after - kept) <= _BACK * way
