"""`--log TRACKER`: what a run's books say, logged into the run that the script has open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from backtrace.diagnose.rule import Finding
from backtrace.driver.view import RunResult, View
from backtrace.language import using_language
from backtrace.ledger.updates import Update
from backtrace.printable import literal, literal_lines
from backtrace.show.content.counted import counted
from backtrace.show.content.diagnosis import fix_text, verdict_text
from backtrace.show.sinks.live.delivery import Delivery
from backtrace.show.sinks.live.series import Series
from backtrace.show.sinks.live.tracker import Tracker


class LiveView(View):
    """Logs each finished update, the findings as they come, and the verdict.

    Args:
        tracker: what logs them.
        series: which numbers of an update are logged.
        say: tells the user, at the end, what did not get there and why.
    """

    judges_live = True

    def __init__(self, tracker: Tracker[Any], series: Series, say: Callable[[str], None]) -> None:
        self._tracker, self._series, self._say = tracker, series, say
        self._delivery = Delivery(tracker.name)
        self._run: Any = None  # the one that was open last: its class is the tracker's affair
        self._logged = self._update = 0
        self._told: set[tuple[str, str, str]] = set()

    def take_update(self, update: Update) -> None:
        """Log it, if a run is open; what comes after the last step is no update."""
        if not update.is_complete:
            return
        self._update = update.index
        run = self._find_run()
        if run is None:
            return
        self._run = run

        def log() -> None:
            points = self._series.points(update)
            if points is not None and self._tracker.log(run, points):
                self._logged += 1

        self._delivery.hand_over(log)

    def take_finding(self, finding: Finding) -> None:
        """Tell of an error or a warning, if a run is open."""
        run = self._find_run()
        if run is not None and finding.severity != "note":
            self._tell(run, finding)

    def _tell(self, run: Any, finding: Finding) -> None:
        key = (finding.code, finding.where, finding.optimizer)
        if key not in self._told:
            self._told.add(key)
            update, text = self._update, finding_line(finding)
            self._delivery.hand_over(lambda: self._tracker.tell(run, update, finding, text))

    def finish(self, result: RunResult) -> None:
        """Leave the verdict, and say what did not get there."""
        run = self._run
        if run is None and self._delivery.failure is None:
            self._say("the script had no run open at the end of any update: nothing was logged")
            return
        is_open = self._tracker.outlives_run or self._find_run() == run
        last = None
        if run is not None and is_open:
            for finding in result.diagnosis.alarms if result.diagnosis else ():
                self._tell(run, finding)
            text = _verdict(result, self._series.left_out())
            last = partial(self._tracker.sum_up, run, text)
        if not self._delivery.finish(last):
            self._say("it did not answer in time: the last updates were not logged")
        self._say_what_is_missing()

    def _find_run(self) -> Any:
        try:
            return self._tracker.find_run()
        except Exception as error:  # a tracker of another version
            self._delivery.failure = error
            return None

    def _say_what_is_missing(self) -> None:
        delivery = self._delivery
        if delivery.failure is not None:
            reason = str(delivery.failure) or type(delivery.failure).__name__
            logged = counted(self._logged, "update")
            self._say(f"given up after {logged}: {literal(reason.strip().splitlines()[0])}")
        elif not self._logged and self._tracker.note:
            self._say(self._tracker.note)
        if delivery.dropped:
            self._say(f"it was too slow: {counted(delivery.dropped, 'update')} not logged")


@using_language("en")
def finding_line(finding: Finding) -> str:
    """Return a finding as one text: what, where, and what to do."""
    head = f"{finding.severity} {finding.code} {finding.pattern} · update {finding.update}"
    where = f" · {finding.where}" if finding.where else ""
    return literal_lines(f"{head}{where}\n{finding.message}\n{fix_text(finding)}")


@using_language("en")
def _verdict(result: RunResult, left_out: str) -> str:
    """Return the verdict, each error and warning, and what has no series of its own."""
    lines = []
    if result.diagnosis is not None:
        lines.append(literal(verdict_text(result.diagnosis)))
        lines += [finding_line(each) for each in result.diagnosis.alarms]
    return "\n\n".join([*lines, *([left_out] if left_out else [])])
