"""What is out of the ordinary in an update: not finite, far larger than usual, or a finding."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, isfinite
from typing import NamedTuple

from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.history import History
from backtrace.diagnose.new_findings import NewFindings
from backtrace.ledger.events import BackwardRan, Event, StepSkipped
from backtrace.ledger.updates import Update
from backtrace.recording.pace import UsualSize

FINDING, JUMP, NOT_FINITE = 1, 2, 3  # the higher, the graver
_SHARE = 20  # the rules take one part of so many of the time


class Trigger(NamedTuple):
    """Why a capsule is written; a graver one takes the place of another."""

    gravity: int
    reason: str


class Triggers:
    """Sees every event; says of an update that has ended whether it is to be kept for good."""

    def __init__(self, ignore: Sequence[str] = ()) -> None:
        self._ignore = ignore
        self._history = History()
        self._new = NewFindings(_SHARE)
        self._loss, self._norm = UsualSize(), UsualSize()
        self._updates = 0
        self._lost: Trigger | None = None

    def take(self, event: Event) -> Trigger | None:
        """Take an event; say where a loss is not finite and its step was skipped."""
        self._history.take(event)
        if isinstance(event, BackwardRan) and event.loss is not None and not isfinite(event.loss):
            self._lost = Trigger(NOT_FINITE, f"the loss is {event.loss}")
        return self._lost if isinstance(event, StepSkipped) else None

    def look(self, update: Update) -> Trigger | None:
        """Look at an update that has ended."""
        self._updates += 1
        lost, self._lost = self._lost, None
        return lost or _find_not_finite(update) or self._find_jump(update) or self._ask_rules()

    def _find_jump(self, update: Update) -> Trigger | None:
        grads = [row.grad_after for row in update.rows.values() if row.added]
        norm = hypot(*(each.norm for each in grads if each is not None))
        for what, size, usual in (
            ("the loss", update.loss, self._loss),
            ("the norm of all gradients", norm, self._norm),
        ):
            if size is not None and usual.is_unusual(size):
                return Trigger(JUMP, f"{what} is {size:.5g}, over three times what it was")
        return None

    def _ask_rules(self) -> Trigger | None:
        if not self._new.is_time(self._updates):
            return None
        stretches, ignore = self._history.stretches, self._ignore
        for found in self._new.ask(lambda: diagnose(stretches(), ignore=ignore)):
            if found.severity != "note":
                return Trigger(FINDING, f"{found.code} {found.pattern}: {found.message}")
        return None


def _find_not_finite(update: Update) -> Trigger | None:
    for row in update.rows.values():
        for what, reading in ((".grad", row.grad_after), ("the value", row.value_after)):
            if reading is not None and reading.nonfinite:
                count = f"{reading.nonfinite} of {reading.numel} numbers"
                return Trigger(NOT_FINITE, f"{what} of {row.name} is not finite: {count}")
    return None
