"""Keeps where passes through a loader that shuffles began, and with which batch."""

from __future__ import annotations

from dataclasses import dataclass, field

from backtrace.ledger.events import Event
from backtrace.ledger.loader_facts import BatchDrawn

_MOST = 1000  # loaders, and passes of each


@dataclass(frozen=True, slots=True)
class ShuffledPass:
    """A pass through a loader that draws its order: `where`, and the first batch's `data`."""

    where: str
    data: str


@dataclass(slots=True)
class OrderBook:
    """These passes of every loader, by its name, in order."""

    passes: dict[str, list[ShuffledPass]] = field(default_factory=dict)

    def read(self) -> dict[str, tuple[ShuffledPass, ...]]:
        """Return what was kept so far."""
        return {name: tuple(found) for name, found in self.passes.items()}

    def take(self, event: Event) -> None:
        """Keep the first batch of a pass."""
        if not isinstance(event, BatchDrawn) or event.number != 1:
            return
        if not event.shuffles and event.weights is None:
            return
        passes = self.passes.setdefault(event.loader, [])
        if len(passes) < _MOST and len(self.passes) <= _MOST:
            passes.append(ShuffledPass(event.where, event.data))
