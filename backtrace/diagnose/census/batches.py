"""Counts how large the data of a loader are, pass by pass."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from backtrace.ledger.events import Event
from backtrace.ledger.loader_facts import BatchDrawn

_MOST = 1000  # loaders, and passes of each


@dataclass(slots=True)
class LoaderPass:
    """One pass through a loader: the batches that were read, and the sum of their scales."""

    batches: int = 0
    total: float = 0.0
    where: str = ""

    @property
    def scale(self) -> float:
        """The mean of the batches' scales."""
        return self.total / max(1, self.batches)


@dataclass(slots=True)
class BatchBook:
    """The passes through every loader, by its name, in order."""

    passes: dict[str, dict[int, LoaderPass]] = field(default_factory=dict)

    def read(self) -> dict[str, tuple[LoaderPass, ...]]:
        """Return what was counted so far."""
        return {name: tuple(map(replace, found.values())) for name, found in self.passes.items()}

    def take(self, event: Event) -> None:
        """Count one event."""
        if not isinstance(event, BatchDrawn) or event.scale is None:
            return
        passes = self.passes.setdefault(event.loader, {})
        if event.iteration not in passes and len(passes) >= _MOST:
            return
        found = passes.setdefault(event.iteration, LoaderPass())
        found.batches += 1
        found.total += event.scale
        found.where = event.where
