"""Which updates are read when only some are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from backtrace.recording.pace import Pace

Turn = Literal["", "pause", "resume"]


class Sampling:
    """Says when to stop reading, and when to begin again.

    The first update is read, and every N-th after it: 1, N + 1, 2N + 1 …, where the pace says N
    anew at each step. They are counted by the optimizer that stepped first. Where others step as
    well, as in a GAN, what is read ends when each of them has stepped, and begins when each has
    stepped as often as that one; who does not keep pace is not waited for.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._count = 0  # steps of the optimizer that stepped first
        self._first = ""
        self._others: set[str] = set()
        self._stepped: set[str] = set()
        self.is_paused = False
        self.passed: dict[str, int] = {}

    def take_step(self, optimizer: str, known: Iterable[str] = ()) -> Turn:
        """A step has ended; `known` names all optimizers there are."""
        if self._pace.reads_all:
            return ""
        if not self._first:
            self._first, self._others = optimizer, {*known} - {optimizer}
        self._count += optimizer == self._first
        every = self._pace(self._count)
        return self._pass_by(optimizer, every) if self.is_paused else self._read(optimizer, every)

    def _read(self, optimizer: str, every: int) -> Turn:
        again = optimizer == self._first and optimizer in self._stepped
        self._stepped.add(optimizer)
        if again:
            self._others &= self._stepped
        if not {self._first, *self._others} <= self._stepped:
            return ""
        self._stepped = set()
        self.is_paused = every > 1
        return "pause" if self.is_paused else ""

    def _pass_by(self, optimizer: str, every: int) -> Turn:
        self.passed[optimizer] = self.passed.get(optimizer, 0) + 1
        count = self.passed.get(self._first, 0)
        if optimizer != self._first and self.passed[optimizer] >= count:
            self._others.add(optimizer)
        keep_pace = all(self.passed.get(other, 0) >= count for other in self._others)
        if count < every - 1 or (count == every - 1 and not keep_pace):
            return ""
        self.is_paused = False
        return "resume"

    def take_passed(self) -> dict[str, int]:
        """Return how many steps of each optimizer were passed by, and forget them."""
        passed, self.passed = self.passed, {}
        return passed
