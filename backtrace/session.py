"""Runs a config under the instrument, and hands what happens to whoever shows it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import replace

from backtrace.build.training import Training, build_training
from backtrace.capture.record import make_header, record
from backtrace.config.load import LoadedConfig
from backtrace.events import Event
from backtrace.ledger import Ledger
from backtrace.live.view import Plan, View
from backtrace.updates import Update


class _ViewFailedError(BaseException):
    """Carries a view's exception past the instrument, which lets no `Exception` of ours out."""


def run_config(
    loaded: LoadedConfig,
    view: View,
    *,
    values: int = 16,
    by_term: bool = False,
    digest: bool = False,
) -> None:
    """Train as the config says, under the instrument.

    On Ctrl-C the view is finished with what there is, and KeyboardInterrupt is raised again.

    Raises:
        ConfigError, DataError: the config asks for what torch or the data cannot give.
    """
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    plan = _plan(loaded, training)
    ledger = Ledger()
    notes = (plan.header.synthetic,) if plan.header.synthetic else ()

    def show(updates: Iterable[Update]) -> None:
        for update in updates:
            view.take_update(replace(update, notes=(*notes, *update.notes)))

    def sink(event: Event) -> None:
        try:
            view.take_event(event)
            show(ledger.take(event))
        except Exception as error:
            raise _ViewFailedError from error

    view.start(plan)
    start = time.perf_counter()
    interrupted = True
    try:
        with record(
            training.model, training.optimizer, sink=sink, values=values, by_term=by_term,
            digest=digest, header=plan.header,
        ):  # fmt: skip
            training.run()
        interrupted = False
    except KeyboardInterrupt:
        raise
    except _ViewFailedError as failed:
        assert failed.__cause__ is not None
        raise failed.__cause__ from None
    finally:
        if sys.exc_info()[0] in (None, KeyboardInterrupt):
            show(ledger.rest())
            view.finish(time.perf_counter() - start, interrupted=interrupted)


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
