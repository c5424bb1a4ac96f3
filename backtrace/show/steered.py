"""Says on stderr what the experiments of a run came to."""

from __future__ import annotations

import sys
from typing import TextIO

from backtrace.driver.options import RecordOptions
from backtrace.driver.view import RunResult, View
from backtrace.ledger.events import Event
from backtrace.ledger.experiment_facts import ExperimentEnded
from backtrace.show.content.cells import literal
from backtrace.show.content.experiments import describe_ending


def steered_views(options: RecordOptions, stream: TextIO | None = None) -> list[View]:
    """Return what says what experiments came to, where there are any."""
    has_any = bool(options.experiments or options.late_experiments)
    return [SteeredView(stream)] if has_any else []


class SteeredView(View):
    """Keeps what experiments came to, and says it at the end."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._said: list[str] = []

    def take_event(self, event: Event) -> None:
        """Keep an end of an experiment."""
        if isinstance(event, ExperimentEnded):
            self._said.append(describe_ending(event))

    def finish(self, result: RunResult) -> None:
        """Say it."""
        sys.stdout.flush()  # so that the order is right where both go to one place
        for line in self._said:
            print(literal(line), file=self._stream)
