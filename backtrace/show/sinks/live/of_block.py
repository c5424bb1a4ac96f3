"""`record(log=…)`: a tracker beside a block, fed with its events."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backtrace.driver.driver import Driver
from backtrace.driver.source import Ending
from backtrace.driver.view import RunPlan
from backtrace.interrupts import PatientInterrupt
from backtrace.ledger.trace import Header
from backtrace.show.sinks.live.choose import live_views

if TYPE_CHECKING:
    from backtrace.ledger.events import Event
    from backtrace.recording.journal import Journal


@contextmanager
def logging_of(
    journal: Journal, header: Header, log: str | Iterable[str], params: tuple[str, ...]
) -> Iterator[None]:
    """Log what is written into the journal inside the block; what fails is a warning at its end.

    Raises:
        UsageError: there is no such tracker, or it is not installed.
    """
    names = (log,) if isinstance(log, str) else tuple(log)
    failures: list[str] = []
    views = list(live_views(names, params, failures.append))
    with PatientInterrupt() as interrupt:
        driver = Driver(views, interrupt, ignore=())
        driver.start(RunPlan(header))

        def follow(event: Event) -> None:
            driver.take_live(event)

        journal.followers.append(follow)
        try:
            yield
        finally:
            journal.followers.remove(follow)
            if not driver.is_elsewhere:
                driver.finish(Ending(driver.seconds))
    for text in [*failures, *(f"backtrace: log: {each}" for each in driver.failures)]:
        warnings.warn(text, RuntimeWarning, stacklevel=3)
