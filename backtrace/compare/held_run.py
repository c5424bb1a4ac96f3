"""Holds a run that goes on against a recorded one, update by update, and ends it where it parts."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.compare.compare import compare
from backtrace.compare.measure import Tolerance
from backtrace.compare.runs import ComparedRun
from backtrace.driver.view import RunResult, View
from backtrace.interrupts import LimitReached
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.tracefile import TraceFile


class HeldRun(View):
    """Compares the first `places` updates as they end with those of the trace at `path`.

    Numbers that the trace did not keep are not compared; of one of norms nothing is, before the
    run is over.
    """

    def __init__(self, path: str, places: int, tolerance: Tolerance | None) -> None:
        self._recorded = TraceFile(path)
        self._places = places if self._recorded.recording.get("readings") != "norm" else 0
        self._tolerance = tolerance
        self._count = 0
        self._has_parted = self._has_ended = False

    def take_update(self, update: Update) -> None:
        """Hold an update against the recorded one in the same place."""
        if not update.is_complete or self._count >= self._places or self._has_parted:
            return
        recorded = self._recorded.updates[self._count]
        self._count += 1
        self._has_parted = not _are_same([recorded], [update], self._tolerance)

    def follow(self, event: Event) -> None:
        """End the run where it has parted.

        Raises:
            LimitReached: it has, once.
        """
        if self._has_parted and not self._has_ended:
            self._has_ended = True
            raise LimitReached("backtrace: it is not the recorded run")

    def finish(self, result: RunResult) -> None:
        """Let go of the trace."""
        self._recorded.close()


def _are_same(base: Sequence[Update], other: Sequence[Update], tolerance: Tolerance | None) -> bool:
    one, two = ComparedRun("recorded", base), ComparedRun("again", other)
    found = compare(one, two, tolerance, exact=tolerance is None)
    return not found.order and (found.first if tolerance is None else found.beyond) is None
