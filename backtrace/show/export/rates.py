"""The learning rate that each parameter had in an update."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.ledger.events import Event
from backtrace.ledger.facts import OptimizerSeen
from backtrace.ledger.updates import Update


class Rates:
    """Remembers the latest groups of every optimizer."""

    def __init__(self) -> None:
        self._groups: dict[str, Sequence[Sequence[str]]] = {}

    def take(self, event: Event) -> None:
        """Remember the groups where the event tells them."""
        if isinstance(event, OptimizerSeen):
            self._groups[event.optimizer] = [group.parameters for group in event.groups]

    def of(self, update: Update) -> dict[str, float]:
        """Return each parameter's rate; of unknown groups, only a single rate is anyone's."""
        known = self._groups.get(update.optimizer, ())
        if len(known) != len(update.lr):
            if len(update.lr) != 1:
                return {}
            known = [[name for name, row in update.rows.items() if row.change is not None]]
        return {name: lr for names, lr in zip(known, update.lr, strict=True) for name in names}
