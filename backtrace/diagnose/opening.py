"""What a later piece of a run opens with: tensors, models and optimizers, and what stays true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backtrace.diagnose.lasting_facts import LastingFacts
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
        self.lasting = LastingFacts()
        self._accounts = Accounts()
        self._facts: dict[tuple[type[Event], str], Event] = {}
        self._frozen: dict[str, ParameterSeen] = {}  # whoever unfroze one wants it to be trained

    def take(self, events: Iterable[Event]) -> None:
        """Enter events in order."""
        for event in events:
            self._accounts.take(event)
            match event:
                case ParameterSeen():
                    if event.kind == "parameter" and not event.requires_grad:
                        self._frozen.setdefault(event.name, event)
                    while len(self._accounts.of) > _MOST:
                        name = next(iter(self._accounts.of))
                        del self._accounts.of[name]
                        self._frozen.pop(name, None)
                case ModelSeen():
                    self._see(event, event.module)
                case OptimizerSeen():
                    known = self._facts.get((OptimizerSeen, event.optimizer))
                    # It is written down again wherever it is noticed that its groups are others.
                    made = event if known is None else replace(event, where=known.where)
                    self._see(made, event.optimizer)
                case StepTaken():
                    self._count(event.optimizer, 1)
                case StepsPassed():
                    self._count(event.optimizer, event.count)
                    self.unread += event.count
                case _:
                    self.lasting.take(event, self.passed)

    def events(self) -> list[Event]:
        """Return what was last written and what lasts, in order, with values as of now.

        Of what was frozen and is not any more, that it was comes before.
        """
        of = self._accounts.of
        seen = map(_seen_now, of.values())
        unfrozen = [event for name, event in self._frozen.items()
                    if name in of and of[name].seen.requires_grad]  # fmt: skip
        facts = [*self._facts.values(), *self.lasting.events]
        return sorted([*seen, *unfrozen, *facts], key=lambda event: event.index)

    def copy(self) -> Opening:
        """Return the same state, to go on from."""
        twin = Opening()
        twin.passed = dict(self.passed)
        twin.unread = self.unread
        twin.lasting = self.lasting.copy()
        twin._accounts = self._accounts.copy()
        twin._facts = dict(self._facts)
        twin._frozen = dict(self._frozen)
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
