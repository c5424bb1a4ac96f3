"""Says when the experiments of a run begin that is to be the recorded one until then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backtrace.ledger.events import Event
from backtrace.ledger.numbering import Numbering
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.tensors.tracked import BY_HAND
from backtrace.steer.controls import wrap_every_step


class LateStart:
    """Calls `begin` once, after the step that ends the `update`-th update of any optimizer.

    It is fed with the run's events. Torch goes through its hooks while a step is told, so what
    installs hooks has to wait until the step has returned.
    """

    def __init__(self, update: int) -> None:
        self.update = update
        self.has_begun = False
        self._begin: Callable[[], None] = lambda: None
        self._is_due = False
        self._place = 0
        self._numbering = Numbering()

    def take(self, event: Event) -> None:
        """Look at one event of the run."""
        closed = self._numbering.take(self._place, event)
        self._place += 1
        self._is_due |= closed is not None and closed.number >= self.update
        if self._is_due and getattr(event, "optimizer", "") == BY_HAND:
            self._look()

    def wait(self, instrument: Instrument, begin: Callable[[], None]) -> None:
        """Wrap every step, and wait."""
        self._begin = begin
        nesting = Nesting()

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], target: Any, *args: Any, **kwargs: Any) -> Any:
            with nesting as is_outermost:
                result = original(target, *args, **kwargs)
            if is_outermost:
                self._look()
            return result

        wrap_every_step(instrument.patches, around)

    def _look(self) -> None:
        if self._is_due and not self.has_begun:
            self.has_begun = True
            self._begin()
