"""Which update of which optimizer is open, its number, and the event that it begins with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.state_facts import OptimizerGone

PATIENCE = 1000  # steps of others after which an optimizer counts as given up
_MOST = 2**63 - 2  # what fits into a column, and one more; an event may claim anything


@dataclass(slots=True)
class OpenNumber:
    """An open update: its number, and the place of the event that it begins with."""

    number: int
    first: int
    others_steps: int = 0


@dataclass(frozen=True, slots=True)
class ClosedNumber:
    """An update that a step ended; `alone` when its optimizer was the only one."""

    number: int
    first: int
    alone: bool


class Numbering:
    """The open update of each optimizer that is known.

    An optimizer's update runs from the end of its own last step. That of one that was not known
    before begins with what has happened since the last step of any. One that does not step while
    others step very often is given up, or its update would grow for ever; so is one that is gone.
    """

    def __init__(self) -> None:
        self.of: dict[str, OpenNumber] = {}
        self._counts: dict[str, int] = {}
        self._since = 0  # the place after the last step of any

    def open_update(self, event: Event) -> str | None:
        """Open an update for the optimizer of an event if it has none; return its name then."""
        owner: str | None = getattr(event, "optimizer", None)
        if not owner or owner in self.of or isinstance(event, OptimizerGone):
            return None
        self.of[owner] = OpenNumber(self._counts.get(owner, 0) + 1, self._since)
        return owner

    def close_update(self, place: int, event: Event) -> ClosedNumber | None:
        """Close the update that an event ends, and open the next; `place` is the event's own."""
        if isinstance(event, StepsPassed):
            self._count(event.optimizer, event.count)
        if isinstance(event, OptimizerGone) and len(self.of) > 1:
            self.of.pop(event.optimizer, None)  # what has happened goes on in those of others
        if not isinstance(event, StepTaken) or event.optimizer not in self.of:
            return None
        closed = self.of[event.optimizer]
        done = ClosedNumber(closed.number, closed.first, len(self.of) == 1)
        self._count(event.optimizer, 1)
        self._since = place + 1
        self.of[event.optimizer] = OpenNumber(done.number + 1, self._since)
        for name, found in list(self.of.items()):
            found.others_steps += name != event.optimizer
            if found.others_steps > PATIENCE:
                del self.of[name]
        return done

    def take(self, place: int, event: Event) -> ClosedNumber | None:
        """Enter one event; return the update that it ends, if it ends one."""
        self.open_update(event)
        return self.close_update(place, event)

    def rows(self) -> Iterator[tuple[int, str, int]]:
        """Yield number, optimizer and first event of each; of "" while none is known."""
        for name, found in self.of.items() or [("", OpenNumber(1, 0))]:
            yield found.number, name, found.first

    def _count(self, optimizer: str, count: int) -> None:
        number = self._counts.get(optimizer, 0) + count
        self._counts[optimizer] = max(-_MOST, min(number, _MOST))
        if optimizer in self.of:
            self.of[optimizer].number = self._counts[optimizer] + 1
