"""The flight recorder: the last updates in full, those before them as norms.

When the loss or a gradient stops being finite, that update and those before it are kept for good.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass

from backtrace.ledger.events import BackwardRan, Event


@dataclass(frozen=True)
class Expired:
    """What an update that is over takes the details from: updates, and readings by their ids."""

    updates: list[int]
    readings: list[int]


class FlightRecorder:
    """Remembers which readings the last `last` updates refer to."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._window: deque[tuple[int, frozenset[int]]] = deque()
        self._uses: Counter[int] = Counter()
        self._was_finite = True

    def __contains__(self, reading: int) -> bool:
        return self._uses[reading] > 0 if reading in self._uses else False

    def take(self, update: int, used: Iterable[int], *, is_finite: bool) -> Expired:
        """Enter an update with the readings it refers to; return what is to be thinned now."""
        found = frozenset(used)
        self._window.append((update, found))
        self._uses.update(found)
        if self._was_finite and not is_finite:
            self._window.clear()  # nobody takes these away any more
            self._uses.clear()
        self._was_finite = is_finite
        expired = Expired([], [])
        while len(self._window) > self._last:
            old, readings = self._window.popleft()
            expired.updates.append(old)
            for reading in readings:
                self._uses[reading] -= 1
                if not self._uses[reading]:
                    del self._uses[reading]
                    expired.readings.append(reading)
        return expired


def has_finite_grads(event: Event) -> bool:
    """Whether all gradients are finite that a backward left."""
    if isinstance(event, BackwardRan):
        return not any(entry.after and entry.after.nonfinite for entry in event.grads.values())
    return True
