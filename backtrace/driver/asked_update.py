"""Runs a script or a config up to the end of one update, which is looked at while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from backtrace.driver.options import RecordOptions
from backtrace.driver.view import View
from backtrace.errors import UsageError
from backtrace.interrupts import LimitReached
from backtrace.ledger.events import Event, GradsRescaled, StepBegan
from backtrace.ledger.updates import Update

if TYPE_CHECKING:
    from backtrace.config.load import LoadedConfig
    from backtrace.driver.script import Program
    from backtrace.explain.live.backward_seen import Looker
    from backtrace.recording.update_watch import UpdateWatch


class AskedUpdate(View):
    """The update with a number; the run is stopped when that is over, as `--limit` does it.

    Args:
        make: makes what looks at it, when torch is there.
    """

    def __init__(self, wanted: int, make: Callable[[], Looker]) -> None:
        self.update: Update | None = None
        self.rescaled: list[GradsRescaled] = []
        self._earlier: dict[str, list[Update]] = {}
        self._other: Update | None = None
        self._wanted = wanted
        self._make = make
        self._count = 0
        self._looker: Looker | None = None
        self._watch: UpdateWatch | None = None
        self._is_running = False

    @property
    def earlier(self) -> list[Update]:
        """The updates of the same optimizer whose gradients were not cleared since."""
        return [] if self.update is None else self._earlier.get(self.update.optimizer, [])

    def options(self, experiments: Sequence[str] = ()) -> RecordOptions:
        """Return how the run is to be recorded."""
        return RecordOptions(
            receipt=True,
            experiments=tuple(experiments),
            follow=self._follow,
            beside=self._beside,
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be looked at, and why."""
        return () if self._watch is None else tuple(self._watch.problems)

    def find(self, target: str) -> Update:
        """Return the update.

        Raises:
            UsageError: the run ended before it.
        """
        found = self.update or self._other
        if found is not None:
            return found
        took = f"{target} took {self._count} update{'s' * (self._count != 1)}"
        if not self._count:
            took = f"no update of {target} was seen: no step of an optimizer after a backward"
        raise UsageError(f"--update {self._wanted}: {took}")

    def take_event(self, event: Event) -> None:
        """Remember what rescaled the gradients that the next step reads."""
        if isinstance(event, GradsRescaled) and self.update is None:
            self.rescaled.append(event)

    def take_update(self, update: Update) -> None:
        """Keep the update that is wanted, and those before it whose gradients are still there."""
        if self.update is not None:
            return
        self._count = max(self._count, update.index)
        earlier = self._earlier.setdefault(update.optimizer, [])
        if any(call.name == "zero_grad" for call in update.calls):
            earlier.clear()
        if update.index == self._wanted:
            self._meet(update)
        if self.update is None:
            self.rescaled.clear()
            earlier.append(update)
        if self._watch is not None:
            self._watch.update_ended(update.optimizer, update.index)

    def _meet(self, update: Update) -> None:
        """Take an update of that number, unless what is asked for is another optimizer's."""
        self._other = self._other or update
        if self._looker is None or self._watch is None:
            return
        if self._looker.is_about(update, self._watch.owners):
            self.update = update

    def _follow(self, event: Event) -> None:
        if self.update is not None and self._is_running:
            raise LimitReached("backtrace: the update that was asked for is over")
        if self._watch is not None and self.update is None:
            self._watch.take(event)
        if isinstance(event, StepBegan) and self._looker is not None and self.update is None:
            self._looker.before_step(event.optimizer)

    @contextmanager
    def _beside(self) -> Iterator[None]:
        from backtrace.recording.update_watch import UpdateWatch

        self._looker = self._make()
        self._watch = UpdateWatch(self._wanted, self._looker.look)
        with self._watch.watch():
            self._is_running = True
            try:
                yield
            finally:
                self._is_running = False


def look_at_script(
    program: Program, asked: AskedUpdate, errors: TextIO, experiments: Sequence[str] = ()
) -> int:
    """Run a script until the update is over; return the exit code that the script gives.

    Raises:
        ScriptError: there is no such program.
    """
    from backtrace.driver.sources.script import run_script

    return run_script(program, [asked], asked.options(experiments), errors=errors)


def look_at_config(loaded: LoadedConfig, asked: AskedUpdate) -> None:
    """Train as a config says until the update is over.

    Raises:
        ConfigError, DataError: the config asks for what torch or the data cannot give.
    """
    from backtrace.driver.sources.config import run_config

    end = run_config(loaded, [asked], asked.options())
    end.report()
    end.raise_failure()
