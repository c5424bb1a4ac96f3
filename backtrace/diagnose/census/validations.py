"""Keeps the losses of a run's validations, one after another."""

from __future__ import annotations

import math

from backtrace.ledger.events import Event, ForwardRan, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.loss_facts import LossCalled

_MOST = 1_000  # validations


class ValidationBook:
    """The mean loss of each evaluation between steps, each row counted alike.

    Those before the first step are left out. Each has as many batches as the first one: what is
    called behind them, as a test is after the last, is no part of it.
    """

    def __init__(self) -> None:
        self._sums: list[tuple[float, int, int]] = []  # of losses by rows, of rows; of batches
        self._is_open = self._is_stepped = self._is_evaluated = False

    def take(self, event: Event) -> None:
        """Enter one event."""
        if isinstance(event, ForwardRan):
            self._is_evaluated = not event.grad_enabled
        elif isinstance(event, StepTaken | StepsPassed):
            self._is_open, self._is_stepped = False, True
        elif (
            isinstance(event, LossCalled)
            and self._is_stepped
            and self._is_evaluated
            and event.value is not None
            and math.isfinite(event.value)
        ):
            self._add(event.value, event.input_shape[0] if event.input_shape else 1)

    def _add(self, value: float, rows: int) -> None:
        if not self._is_open and len(self._sums) < _MOST:
            self._sums.append((0.0, 0, 0))
            self._is_open = True
        total, counted, batches = self._sums[-1]
        is_first = len(self._sums) == 1
        if self._is_open and (is_first or batches < self._sums[0][2]):
            self._sums[-1] = total + value * rows, counted + rows, batches + 1

    def read(self) -> tuple[float, ...]:
        """Return the means of those that have all batches."""
        return tuple(
            total / rows
            for total, rows, batches in self._sums
            if rows and batches == self._sums[0][2]
        )
