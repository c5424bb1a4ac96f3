"""When something costly is looked at again: at first each time, then ever more rarely."""

from __future__ import annotations


class DueCounts:
    """Counts how often each place was passed: the `first` times are due, then powers of two.

    With `every`, each time that many more are due, too: what must be known late in a run.
    """

    def __init__(self, first: int, every: int = 0) -> None:
        self._first = first
        self._every = every
        self._counts: dict[str, int] = {}

    def is_due(self, place: str) -> bool:
        """Count one more pass; whether it is one to look at."""
        count = self._counts[place] = self._counts.get(place, 0) + 1
        if count <= self._first or count & (count - 1) == 0:
            return True
        return self._every > 0 and count % self._every == 0
