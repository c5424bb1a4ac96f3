"""Counts how many batches and rows each loop over a loader was given, by its line."""

from __future__ import annotations

from dataclasses import dataclass, field

from backtrace.ledger.events import Event
from backtrace.ledger.loader_facts import BatchDrawn, LoaderEnded

_MOST = 1000  # lines, and sizes of each


@dataclass(frozen=True, slots=True)
class PassSize:
    """What a pass gave: its batches, and their rows, or 0 where these are not known."""

    batches: int
    rows: int


@dataclass(slots=True)
class SizeBook:
    """The sizes of the passes that ended, by the line that went through the loader."""

    _sizes: dict[str, dict[PassSize, None]] = field(default_factory=dict)
    _open: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def read(self) -> dict[str, tuple[PassSize, ...]]:
        """Return what was counted so far."""
        return {where: tuple(found) for where, found in self._sizes.items()}

    def take(self, event: Event) -> None:
        """Count one event."""
        match event:
            case BatchDrawn():
                iteration, batches, rows = self._open.get(event.loader, (0, 0, 0))
                if iteration != event.iteration:
                    batches = rows = 0
                if len(self._open) < _MOST or event.loader in self._open:
                    self._open[event.loader] = (
                        event.iteration,
                        batches + 1,
                        rows + (event.rows or 0),
                    )
            case LoaderEnded():
                iteration, batches, rows = self._open.pop(event.loader, (0, 0, 0))
                if iteration == event.iteration and len(self._sizes) < _MOST:
                    is_whole = batches == event.batches
                    found = self._sizes.setdefault(event.where, {})
                    if len(found) < _MOST:
                        found[PassSize(event.batches, rows if is_whole else 0)] = None
