"""Runs a config under the instrument, and hands what happens to whoever shows it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import replace

from backtrace.config.load import LoadedConfig
from backtrace.driver.view import Plan, View
from backtrace.interrupts import PatientInterrupt
from backtrace.ledger.events import Event
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.updates import Update
from backtrace.recording.record import make_header, record
from backtrace.train.training import Training, build_training


class _ViewFailedError(BaseException):
    """Carries a view's exception past the instrument, which lets no `Exception` of ours out."""


class _Feed:
    """Hands a view the events and the updates that they make; Ctrl-C waits for it to end."""

    def __init__(self, view: View, plan: Plan, interrupt: PatientInterrupt) -> None:
        self._view = view
        self._ledger = Ledger()
        self._notes = (plan.header.synthetic,) if plan.header.synthetic else ()
        self._interrupt = interrupt

    def take(self, event: Event) -> None:
        with self._interrupt.hold():
            try:
                self._view.take_event(event)
                self._show(self._ledger.take(event))
            except Exception as error:
                raise _ViewFailedError from error

    def finish(self, seconds: float, *, interrupted: bool) -> None:
        with self._interrupt.hold():
            self._show(self._ledger.unfinished_updates())
            self._view.finish(seconds, interrupted=interrupted)

    def _show(self, updates: Iterable[Update]) -> None:
        for update in updates:
            self._view.take_update(replace(update, notes=(*self._notes, *update.notes)))


def run_config(
    loaded: LoadedConfig,
    view: View,
    *,
    values: int = 16,
    by_term: bool = False,
    digest: bool = False,
    receipt: bool = False,
    every: int = 1,
) -> None:
    """Train as the config says, under the instrument.

    On Ctrl-C the view is finished with what there is, and KeyboardInterrupt is raised again.

    Raises:
        ConfigError, DataError: the config asks for what torch or the data cannot give.
    """
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    plan = _plan(loaded, training)
    with PatientInterrupt() as interrupt:
        feed = _Feed(view, plan, interrupt)
        start = time.perf_counter()
        interrupted = False
        try:
            with interrupt.hold():
                view.start(plan)
            with record(
                training.model, training.optimizer, sink=feed.take, values=values,
                by_term=by_term, digest=digest, receipt=receipt, every=every,
                header=plan.header,
            ):  # fmt: skip
                training.run()
        except KeyboardInterrupt:
            interrupted = True
        except _ViewFailedError as failed:
            assert failed.__cause__ is not None
            raise failed.__cause__ from None
        feed.finish(time.perf_counter() - start, interrupted=interrupted)
        if interrupted:
            raise KeyboardInterrupt


def _plan(loaded: LoadedConfig, training: Training) -> Plan:
    loop = loaded.config.loop
    header = make_header(
        target=loaded.path.stem,
        command=" ".join(["backtrace", *sys.argv[1:]]),
        settings={**loop.model_dump(), **dict(loaded.overrides)},
        config=loaded.text,
        synthetic=training.synthetic,
    )
    return Plan(header, training.parameters, training.planned_updates, training.updates_per_epoch)
