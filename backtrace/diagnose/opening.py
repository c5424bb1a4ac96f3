"""What a later piece of a run opens with: what was last written of tensors, models, optimizers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backtrace.ledger.accounts import Accounts, AccountState
from backtrace.ledger.events import Event, ParameterSeen, StepTaken
from backtrace.ledger.facts import ModelSeen, OptimizerSeen, StepsPassed

_MOST = 20_000  # a loop that makes new tensors without end must not fill the memory
_OPTIMIZERS = 1000


class Opening:
    """The state of a run at one moment, made of all events before it.

    `passed` counts the steps of each optimizer; of those long gone, under the empty name. `unread`
    says how many of all these were not read.
    """

    def __init__(self) -> None:
        self.passed: dict[str, int] = {}
        self.unread = 0
        self._accounts = Accounts()
        self._facts: dict[tuple[type[Event], str], Event] = {}

    def take(self, events: Iterable[Event]) -> None:
        """Enter events in order."""
        for event in events:
            self._accounts.take(event)
            match event:
                case ParameterSeen():
                    while len(self._accounts.of) > _MOST:
                        del self._accounts.of[next(iter(self._accounts.of))]
                case ModelSeen():
                    self._see(event, event.module)
                case OptimizerSeen():
                    self._see(event, event.optimizer)
                case StepTaken():
                    self._count(event.optimizer, 1)
                case StepsPassed():
                    self._count(event.optimizer, event.count)
                    self.unread += event.count

    def events(self) -> list[Event]:
        """Return what was last written, in order, with values as they have become since."""
        seen = map(_seen_now, self._accounts.of.values())
        return sorted([*seen, *self._facts.values()], key=lambda event: event.index)

    def copy(self) -> Opening:
        """Return the same state, to go on from."""
        twin = Opening()
        twin.passed = dict(self.passed)
        twin.unread = self.unread
        twin._accounts = self._accounts.copy()
        twin._facts = dict(self._facts)
        return twin

    def _see(self, event: Event, name: str) -> None:
        key = (type(event), name)
        self._facts.pop(key, None)
        self._facts[key] = event
        if len(self._facts) > _MOST:
            del self._facts[next(iter(self._facts))]

    def _count(self, optimizer: str, steps: int) -> None:
        self.passed[optimizer] = self.passed.pop(optimizer, 0) + steps
        if len(self.passed) > _OPTIMIZERS:
            oldest = next(name for name in self.passed if name)
            self.passed[""] = self.passed.get("", 0) + self.passed.pop(oldest)


def _seen_now(state: AccountState) -> ParameterSeen:
    """Return what was last written of a tensor, as of now: it has had its name all the time."""
    return replace(state.seen, value=state.value, formerly="")
