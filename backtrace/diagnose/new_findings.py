"""Which findings are new, where a run is judged again and again while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding


class NewFindings:
    """Remembers which findings were told, and how long the rules took over the last ones.

    For each part of the time that the rules take, `share` parts are left to others.
    """

    def __init__(self, share: int = 4) -> None:
        self._share = share
        self._told: list[Finding] = []
        self._updates = 0
        self._next = 0.0

    def is_time(self, updates: int) -> bool:
        """Whether there are updates that were not judged, and it would not take too much time."""
        if updates == self._updates or monotonic() < self._next:
            return False
        self._updates = updates
        return True

    def ask(self, diagnose: Callable[[], Diagnosis]) -> list[Finding]:
        """Return what the rules say by now and have not said before."""
        load_rules()  # which takes longest the first time
        start = monotonic()
        found = diagnose().findings
        self._next = monotonic() + self._share * (monotonic() - start)
        new = [each for each in found if not any(_is_same(each, told) for told in self._told)]
        self._told += new
        return new


def _is_same(one: Finding, other: Finding) -> bool:
    """Whether two findings are of one rule, about one place, optimizer and tensor at least."""
    if (one.code, one.where, one.optimizer) != (other.code, other.where, other.optimizer):
        return False
    return one.parameters == other.parameters or bool({*one.parameters} & {*other.parameters})
