"""A config's training as a source: the plain loop, under the instrument."""

from __future__ import annotations

import math
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from backtrace.config.load import LoadedConfig
from backtrace.driver.driver import Driver, RunEnd, drive
from backtrace.driver.options import RecordOptions
from backtrace.driver.source import Ending
from backtrace.driver.view import RunPlan, View
from backtrace.interrupts import LimitReached
from backtrace.ledger.events import Event, StepTaken
from backtrace.recording.header import make_header
from backtrace.start_up import collector_held, start_up
from backtrace.train.training import Training, build_training


@dataclass(frozen=True)
class ConfigSource:
    """Trains as the config says; ends early where every reader has closed its pipe."""

    loaded: LoadedConfig
    options: RecordOptions

    def play(self, driver: Driver) -> Ending:
        """Build the training and run it.

        Raises:
            ConfigError, DataError: the config asks for what torch or the data cannot give.
            UsageError: what was asked of the run cannot be had of it.
        """
        loaded = self.loaded.limited(self.options.limit)
        with collector_held():  # the first optimizer imports half of what torch is
            training = build_training(loaded.config, loaded.folder, loaded.locate)
            start_up.settle()
        plan = _plan(loaded, training)
        if self.options.accept is not None:
            self.options.accept(plan)
        driver.start(plan)
        end = math.inf if self.options.budget is None else self.options.budget

        def take(event: Event) -> None:
            driver.take_live(event)
            if isinstance(event, StepTaken) and (driver.is_left or driver.seconds >= end):
                raise LimitReached("every reader has closed its pipe, or the time is over")

        things = training.model, training.optimizer
        experiments = (*loaded.experiments, *self.options.experiments)
        options = replace(self.options, experiments=experiments)
        with suppress(LimitReached), options.record(*things, sink=take, header=plan.header):
            training.run()
        return Ending(driver.seconds)


def run_config(
    loaded: LoadedConfig,
    views: Sequence[View],
    options: RecordOptions | None = None,
    *,
    ignore: Sequence[str] | None = None,
) -> RunEnd:
    """Train as the config says, under the instrument, and show it; see `drive`.

    Raises:
        ConfigError, DataError: the config asks for what torch or the data cannot give.
    """
    return drive(ConfigSource(loaded, options or RecordOptions()), views, ignore=ignore)


def _plan(loaded: LoadedConfig, training: Training) -> RunPlan:
    loop = loaded.config.loop
    header = make_header(
        target=loaded.path.stem,
        command=shlex.join(["backtrace", *sys.argv[1:]]),
        settings={**loop.model_dump(), **dict(loaded.overrides)},
        config=loaded.text,
        config_file=loaded.places.file,
        synthetic=training.synthetic,
    )
    per_epoch = training.updates_per_epoch
    names = (*(name for name, _ in training.model.named_parameters()), "input")
    return RunPlan(header, training.parameters, training.planned_updates, per_epoch, names)
