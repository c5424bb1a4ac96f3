"""Counts, by the line that takes it, how often a loss function gave nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.loss_facts import LossCalled

_MOST = 1000  # lines
_TARGETS = 20  # of one line that are told apart
_ZERO = 1e-6  # rounding leaves 1e-8 of a mean of float32


@dataclass(slots=True)
class LossTally:
    """All calls of a loss function in one line, over a whole run.

    `zeros` counts those that gave 0 but for rounding, `largest` is the largest of these, `updates`
    in how many updates there were any, the `first` of them counted over all optimizers.
    """

    where: str
    function: str
    calls: int = 0
    zeros: int = 0
    largest: float = 0.0
    updates: int = 0
    first: int = 1
    latest: int = 0
    targets: tuple[str, ...] = ()


@dataclass(slots=True)
class LossBook:
    """The tallies of all lines."""

    of: dict[tuple[str, str], LossTally] = field(default_factory=dict)
    _steps: int = 0

    def take(self, event: Event) -> None:
        """Count one event."""
        if isinstance(event, StepTaken):
            self._steps += 1
        elif isinstance(event, LossCalled):
            site, update = (event.where, event.function), self._steps + 1
            if site not in self.of and len(self.of) >= _MOST:
                return
            tally = self.of.setdefault(site, LossTally(*site, first=update))
            tally.calls += 1
            tally.updates += update != tally.latest
            tally.latest = update
            if event.value is not None and abs(event.value) < _ZERO:
                tally.zeros += 1
                tally.largest = max(tally.largest, abs(event.value))
            if len(tally.targets) < _TARGETS and event.target not in tally.targets:
                tally.targets = (*tally.targets, event.target)

    def read(self) -> tuple[LossTally, ...]:
        """Return what was counted so far."""
        return tuple(map(replace, self.of.values()))
