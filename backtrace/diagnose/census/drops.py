"""Keeps what evaluations leave out of their data: the rows that `drop_last` takes away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from backtrace.ledger.events import BackwardRan, Event, ForwardRan, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.loader_facts import BatchDrawn, LoaderEnded
from backtrace.ledger.loss_facts import LossCalled

_MOST = 1000  # loaders


@dataclass(slots=True)
class ScoredLoader:
    """A loader that is gone through to its end in evaluation mode, and was never trained on.

    Args:
        where: the line that goes through it.
        update: that of its first pass.
        rows: how many a pass gave; `left_out` how many it did not.
        shuffles: whether others are left out each time.
        passes: how many there were, `losses` how many of them called a loss.
    """

    where: str
    update: int
    rows: int
    left_out: int
    shuffles: bool
    passes: int = 0
    losses: int = 0


@dataclass(slots=True)
class _OpenPass:
    """A pass that has not ended: whether all its batches, and nothing else, were evaluated."""

    drawn: BatchDrawn
    update: int
    is_worked_on: bool = False  # a step or a backward came since its last batch
    called: bool = False
    evaluated: int = 0
    others: bool = False
    losses: int = 0


@dataclass(slots=True)
class DropBook:
    """The passes through every loader, by its name, and which of them are evaluations."""

    _found: dict[str, ScoredLoader] = field(default_factory=dict)
    _trained: set[str] = field(default_factory=set)
    _open: dict[str, _OpenPass] = field(default_factory=dict)
    _last: str = ""
    _steps: int = 0

    def read(self) -> tuple[ScoredLoader, ...]:
        """Return what was kept so far."""
        kept = (found for name, found in self._found.items() if name not in self._trained)
        return tuple(map(replace, kept))

    def take(self, event: Event) -> None:
        """Keep one event."""
        match event:
            case BatchDrawn():
                self._draw(event)
            case ForwardRan() if self._last in self._open:
                self._call(self._open[self._last], event)
            case LossCalled() if self._last in self._open:
                self._open[self._last].losses += 1
            case StepTaken() | StepsPassed() | BackwardRan():
                self._steps += 0 if isinstance(event, BackwardRan) else 1
                for each in self._open.values():
                    each.is_worked_on = True
            case LoaderEnded():
                self._end(event)

    def _draw(self, event: BatchDrawn) -> None:
        found = self._open.get(event.loader)
        if found is None or found.drawn.iteration != event.iteration:
            if len(self._open) >= _MOST and found is None:
                return
            found = self._open[event.loader] = _OpenPass(event, self._steps + 1)
        elif found.is_worked_on:  # between two of its batches: it is what is trained on
            self._trained.add(event.loader)
        found.is_worked_on = found.called = False
        self._last = event.loader

    def _call(self, found: _OpenPass, event: ForwardRan) -> None:
        if event.training and event.grad_enabled:
            self._trained.add(self._last)
        found.others |= event.training
        found.evaluated += not found.called and not event.training
        found.called = True

    def _end(self, event: LoaderEnded) -> None:
        found = self._open.pop(event.loader, None)
        if found is None or found.drawn.iteration != event.iteration or not event.left_out:
            return
        size = found.drawn.size
        if size is None or found.others or found.evaluated < event.batches:
            return
        kept = self._found.setdefault(
            event.loader,
            ScoredLoader(
                found.drawn.where,
                found.update,
                size * event.batches,
                event.left_out,
                found.drawn.shuffles,
            ),
        )
        kept.passes += 1
        kept.losses += found.losses > 0
