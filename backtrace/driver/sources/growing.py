"""A trace that another process still writes as a source: its events as they are written."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backtrace.driver.driver import Driver
from backtrace.driver.source import Ending
from backtrace.driver.sources.trace import ODD, damaged
from backtrace.driver.view import RunPlan
from backtrace.errors import EXIT_FOUND, TraceFileError
from backtrace.tracefile.grow import GrowingTrace
from backtrace.tracefile.process import is_alive

PAUSE = 0.2  # seconds between two looks at a file
_SETTLING = 1.5  # seconds in which a file that has just been ended becomes readable

Say = Callable[[str], None]


def wait_for_trace(path: Path, seconds: float, say: Say) -> GrowingTrace:
    """Return the trace at `path` once its header is there; `say` is told if it is not yet.

    Raises:
        TraceFileError: it does not come, or is not a trace file.
    """
    trace = GrowingTrace(path)
    start, has_said = time.monotonic(), False
    while not trace.is_ready():
        if time.monotonic() - start >= seconds:
            raise TraceFileError(
                f"{path}: there is no trace after {seconds:g} s; "
                f"`backtrace run … -o {path}` writes one, and --wait SECONDS waits longer"
            )
        patience = _SETTLING if path.exists() else PAUSE
        if not has_said and time.monotonic() - start > patience:
            say(f"waiting for {path}")
            has_said = True
        time.sleep(PAUSE)
    return trace


@dataclass
class GrowingSource:
    """Tells of events as they are written, until the run ends or its process is gone.

    While nothing new is there, the rules are asked what they say by now.
    """

    trace: GrowingTrace
    say: Say

    def play(self, driver: Driver) -> Ending:
        """Follow the file.

        Raises:
            TraceFileError: it is damaged, or another run writes one of its name.
        """
        trace, plan = self.trace, self.trace.plan
        counts = plan.get("parameters", 0), plan.get("updates"), plan.get("updates_per_epoch")
        driver.start(RunPlan(trace.header, *counts, folder=str(trace.path.resolve().parent)))
        self._elapsed, self._updates = 0.0, 0
        life = is_alive(trace.process)
        if life == "unknown":
            self.say(self._describe_unknown())
        while True:
            is_last = life == "gone"  # what it wrote before it went is read after it went
            while self._take(driver):
                pass
            if trace.end is not None:
                return Ending(trace.end.seconds, trace.end.interrupted)
            if is_last or not driver.is_heard:
                return self._gone() if is_last else Ending(self._elapsed, interrupted=True)
            driver.look_for_findings()
            time.sleep(PAUSE)
            life = is_alive(trace.process)

    def _take(self, driver: Driver) -> bool:
        """Take in the next events; return whether there were any."""
        events = self.trace.read()
        for event in events:
            try:
                self._updates += driver.take(event) > 0
            except ODD as error:
                raise damaged(self.trace.path, error, event) from error
            self._elapsed = event.elapsed
        return bool(events) and driver.is_heard

    def _gone(self) -> Ending:
        count = f"{self._updates} finished update{'' if self._updates == 1 else 's'}"
        text = (
            f"process {self.trace.process['pid']} is gone and did not end its trace: "
            f"{self.trace.path} has its {count}"
        )
        return Ending(self._elapsed, interrupted=True, code=EXIT_FOUND, problems=(text,))

    def _describe_unknown(self) -> str:
        machine = str(self.trace.process.get("machine", "")).partition(" ")[0]
        if not machine:
            return (
                f"{self.trace.path} does not say which process writes it, so that its end may "
                "not be seen; Ctrl-C ends the watch"
            )
        return (
            f"{self.trace.path} is written on another machine or in a container ({machine}): "
            "whether its process still runs cannot be seen here; Ctrl-C ends the watch"
        )
