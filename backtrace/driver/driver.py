"""Source → ledger → views: the one place that hands events to a ledger and updates to views.

One policy: a view that fails is told nothing more, the run goes on, and the end says so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, TextIO

from backtrace.driver.source import Ending, Source
from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.errors import EXIT_MISTAKE
from backtrace.interrupts import (
    PatientInterrupt,
    comes_from_user,
    limit_unsignalled,
    term_held_back,
)
from backtrace.ledger.events import Event
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.rank_end import Failure
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update
from backtrace.printable import literal, literal_lines

if TYPE_CHECKING:
    from backtrace.driver.judge import Judge


@dataclass(frozen=True)
class RunEnd:
    """What is left when a source has been played.

    `failures` are what the views raised that were given up; a reader that closed its pipe has
    had enough, which is no problem.
    """

    code: int = 0
    problems: tuple[str, ...] = ()
    failures: tuple[Exception, ...] = ()

    @property
    def broken(self) -> tuple[Exception, ...]:
        """The failures that are worth a word."""
        return tuple(each for each in self.failures if not isinstance(each, BrokenPipeError))

    def report(self, stream: TextIO | None = None) -> int:
        """Say on `stream` (stderr) what went wrong beside the run; return an exit code.

        It is the source's own, or that of a mistake where that is 0 and a view failed.
        """
        errors = stream or sys.stderr
        for problem in self.problems:
            print(f"backtrace: {literal_lines(problem)}", file=errors)
        for reason in dict.fromkeys(str(each) or type(each).__name__ for each in self.broken):
            said = f"what was seen could not be shown any more: {literal(reason)}"
            print(f"backtrace: {said}", file=errors)
        return self.code or (EXIT_MISTAKE if self.broken else 0)

    def raise_failure(self) -> None:
        """Raise what the first view that failed raised, for whom the view is all there is."""
        for failure in self.failures:
            raise failure


class Driver:
    """Takes events from a source; Ctrl-C waits until the views have been told of one.

    Args:
        views: told in this order of what happens, and in the opposite one that it is over.
        interrupt: what holds Ctrl-C back.
        ignore: rules that are turned off; None for no diagnosis at all.
        has_receipts: whether updates keep the arithmetic of their steps.
    """

    def __init__(
        self,
        views: Sequence[View],
        interrupt: PatientInterrupt,
        ignore: Sequence[str] | None = None,
        *,
        has_receipts: bool = True,
    ) -> None:
        self.is_started = self._is_broken = False
        self.failures: list[Exception] = []
        self._views = list(views)
        self._interrupt = interrupt
        self._has_receipts = has_receipts
        self._judges_live = ignore is not None and any(view.judges_live for view in views)
        self._ledger = Ledger()
        self._judge: Judge | None = None
        if ignore is not None:
            from backtrace.driver.judge import Judge

            self._judge = Judge(self._ledger.accounts, ignore, is_live=self._judges_live)
        self._count = 0
        self._notes: tuple[str, ...] = ()
        self._header = Header()
        self._process = os.getpid()
        self._begin = perf_counter()

    @property
    def seconds(self) -> float:
        """How long it is since the start."""
        return perf_counter() - self._begin

    @property
    def is_heard(self) -> bool:
        """Whether any view is still told what happens."""
        return bool(self._views)

    @property
    def is_left(self) -> bool:
        """Whether every reader closed its pipe: nobody will ever learn of the rest."""
        closed = all(isinstance(each, BrokenPipeError) for each in self.failures)
        return bool(self.failures) and not self._views and closed

    @property
    def is_elsewhere(self) -> bool:
        """Whether this is a fork of the process that the driver was made in: not ours."""
        return os.getpid() != self._process

    def start(self, plan: RunPlan) -> None:
        """Tell the views what is about to run."""
        self.is_started = True
        self._begin = perf_counter()
        self._header = plan.header
        self._notes = (plan.header.synthetic,) if plan.header.synthetic else ()
        with self._interrupt.hold():
            self._tell(lambda view: view.start(plan))

    def take(self, event: Event) -> int:
        """Tell of an event and of the update that it ends; return that one's number, else 0.

        What odd events of a damaged trace lead to in the ledger comes out of here.
        """
        if self.is_elsewhere or self._is_broken:
            return 0
        done = 0
        with self._interrupt.hold():
            self._tell(lambda view: view.take_event(event))
            for update in self._ledger.take(event):
                self._hand(update)
                self._count += 1
                done = update.index
            if self._judge is not None:
                self._judge.take(event)
        if done and self._judges_live:
            self.look_for_findings()
        return done

    def take_live(self, event: Event) -> int:
        """As `take`, where nothing of ours may come out: the training goes on without us."""
        try:
            return self.take(event)
        except Exception as error:
            if comes_from_user(error):
                raise
            self.failures.append(error)
            self._views.clear()
            self._is_broken = True
            return 0

    def show(self, update: Update) -> None:
        """Tell of an update that is there already."""
        with self._interrupt.hold():
            self._hand(update)

    def look_for_findings(self) -> None:
        """Tell what the rules say by now and did not say before, if it is time to ask them."""
        if self._judge is None:
            return
        with self._interrupt.hold():
            for finding in self._judge.find_new(self._header, self._count):
                self._tell(lambda view, finding=finding: view.take_finding(finding))  # type: ignore[misc]

    def fail(self, failure: Failure) -> None:
        """Tell at once what ended the script: a rank may be killed before it is finished."""
        if self.is_started and not self.is_elsewhere:
            with self._interrupt.hold():
                self._tell(lambda view: view.take_failure(failure))

    def finish(self, ending: Ending) -> None:
        """Tell of what is left without a step, and then what the run came to."""
        joins = any(view.joins_ranks for view in self._views)
        with self._interrupt.hold(), term_held_back() if joins else nullcontext():
            found = None
            try:
                for update in () if self._is_broken else self._ledger.unfinished_updates():
                    self._hand(update)
                if self._judge is not None and self._views:
                    found = self._judge.ask(self._header)
            except Exception as error:
                if comes_from_user(error):
                    raise
                self.failures.append(error)
            tensors = {name: state.seen for name, state in self._ledger.accounts.of.items()}
            result = RunResult(
                ending.seconds, ending.interrupted, found, ending.is_excerpt, tensors
            )
            self._views.reverse()
            self._tell(lambda view: view.finish(result))

    def _hand(self, update: Update) -> None:
        if self._notes:
            update = replace(update, notes=(*self._notes, *update.notes))
        if not self._has_receipts:
            rows = {name: replace(row, receipt=None) for name, row in update.rows.items()}
            update = replace(update, rows=rows)
        self._tell(lambda view: view.take_update(update))

    def _tell(self, tell: Callable[[View], None]) -> None:
        with limit_unsignalled():
            for view in tuple(self._views):
                try:
                    tell(view)
                except Exception as error:
                    if comes_from_user(error):
                        raise
                    self.failures.append(error)
                    self._views.remove(view)


def drive(
    source: Source,
    views: Sequence[View],
    *,
    ignore: Sequence[str] | None = None,
    has_receipts: bool = True,
) -> RunEnd:
    """Play a source to the views, and finish them; see `Driver` for the options.

    On Ctrl-C the views are finished with what there is, and KeyboardInterrupt is raised again.

    Raises:
        BacktraceError: the source cannot be played, or no further.
    """
    with PatientInterrupt() as interrupt:
        driver = Driver(views, interrupt, ignore, has_receipts=has_receipts)
        try:
            ending = source.play(driver)
        except KeyboardInterrupt:
            if driver.is_started and not driver.is_elsewhere:
                driver.finish(Ending(driver.seconds, interrupted=True))
            raise
        if driver.is_started and not driver.is_elsewhere:
            try:
                driver.finish(ending)
            except Exception as error:
                if comes_from_user(error):
                    raise
                driver.failures.append(error)
    return RunEnd(ending.code, ending.problems, tuple(driver.failures))
