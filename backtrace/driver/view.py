"""What a view is told of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from backtrace.ledger.events import Event
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update


@dataclass(frozen=True)
class Plan:
    """What is known before a run: None where the data set does not tell."""

    header: Header
    parameters: int
    updates: int | None
    updates_per_epoch: int | None


class View(Protocol):
    """Shows a run while it goes on."""

    def start(self, plan: Plan) -> None:
        """The run is about to begin."""

    def take_event(self, event: Event) -> None:
        """Something happened."""

    def take_update(self, update: Update) -> None:
        """An update is finished; the last one may not be (`is_complete`)."""

    def finish(self, seconds: float, *, interrupted: bool) -> None:
        """The run is over."""
