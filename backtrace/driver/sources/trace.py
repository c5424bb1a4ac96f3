"""A recorded trace as a source: its events once more, or some of its updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from backtrace.driver.driver import Driver
from backtrace.driver.source import Ending
from backtrace.driver.view import RunPlan
from backtrace.errors import TraceFileError
from backtrace.ledger.events import Event
from backtrace.ledger.trace import Trace
from backtrace.ledger.updates import Update
from backtrace.tracefile import TraceFile

# What odd data leads to, wherever it is used.
ODD = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError,
    MemoryError, AssertionError,
)  # fmt: skip


@dataclass(frozen=True)
class TraceSource:
    """Tells all events of a trace, in memory or in a file, as the run that made it did.

    It ends where no view is left that could be told.
    """

    trace: Trace

    def play(self, driver: Driver) -> Ending:
        """Go through the events.

        Raises:
            TraceFileError: the trace is damaged.
        """
        driver.start(plan_of(self.trace))
        latest = 0.0
        for event in self.trace.events:
            latest = event.elapsed
            self._take(driver, event)
            if not driver.is_heard:
                break
        return _ending(self.trace, latest)

    def _take(self, driver: Driver, event: Event) -> None:
        try:
            driver.take(event)
        except ODD as error:
            name = self.trace.path if isinstance(self.trace, TraceFile) else "the trace"
            raise damaged(name, error, event) from error


@dataclass(frozen=True)
class ExcerptSource:
    """Tells some updates of a trace, and nothing of what is around them."""

    trace: Trace
    updates: Iterable[Update]

    def play(self, driver: Driver) -> Ending:
        """Tell of the updates.

        Raises:
            TraceFileError: the trace is damaged.
        """
        driver.start(plan_of(self.trace))
        for update in self.updates:
            driver.show(update)
        return _ending(self.trace, 0.0, is_excerpt=True)


def damaged(name: Path | str, error: Exception, event: Event | None = None) -> TraceFileError:
    """Return what to say of a trace in which odd data led to an error."""
    reason = str(error) or type(error).__name__
    place = "" if event is None else f" at event {event.index}"
    return TraceFileError(f"{name}: is damaged{place}: {reason:.200}")


def plan_of(trace: Trace) -> RunPlan:
    """Return what the run of a trace had planned, as far as it was written."""
    plan = trace.plan if isinstance(trace, TraceFile) else {}
    counts = plan.get("parameters", 0), plan.get("updates"), plan.get("updates_per_epoch")
    has_several = isinstance(trace, TraceFile) and len(trace.outline(1)) > 1
    folder = str(trace.path.resolve().parent) if isinstance(trace, TraceFile) else ""
    return RunPlan(trace.header, *counts, has_several=has_several, folder=folder)


def rules_off(trace: Trace, ignore: Sequence[str]) -> Sequence[str] | None:
    """Return the rules to turn off; None where not all that happened was written."""
    is_part = isinstance(trace, TraceFile) and trace.recording.get("params")
    return None if is_part else ignore


def _ending(trace: Trace, latest: float, *, is_excerpt: bool = False) -> Ending:
    if not isinstance(trace, TraceFile):
        return Ending(latest, is_excerpt=is_excerpt)
    seconds = trace.seconds
    return Ending(
        latest if seconds is None else seconds, not trace.is_finished, is_excerpt=is_excerpt
    )
