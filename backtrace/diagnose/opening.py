"""What a later piece of a run opens with: what was last written of tensors, models, optimizers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backtrace.ledger.events import Edited, Entries, Event, ParameterSeen, Reading, StepTaken
from backtrace.ledger.facts import ModelSeen, OptimizerSeen, StepsPassed

_MOST = 20_000  # a loop that makes new tensors without end must not fill the memory
_OPTIMIZERS = 1000


class Opening:
    """The state of a run at one moment, made of all events before it.

    `passed` counts the steps of each optimizer; of those long gone, under the empty name.
    """

    def __init__(self) -> None:
        self.passed: dict[str, int] = {}
        self._seen: dict[tuple[type[Event], str], Event] = {}
        self._values: dict[str, Reading] = {}

    def take(self, events: Iterable[Event]) -> None:
        """Enter events in order."""
        for event in events:
            match event:
                case ParameterSeen():
                    self._admit(event)
                case ModelSeen():
                    self._see(event, event.module)
                case OptimizerSeen():
                    self._see(event, event.optimizer)
                case StepTaken():
                    self._count(event.optimizer, 1)
                    self._read(event.values)
                case StepsPassed():
                    self._count(event.optimizer, event.count)
                case Edited() if event.account == "value":
                    self._read(event.entries)

    def events(self) -> list[Event]:
        """Return what was last written, in order, with values as they have become since."""
        found = sorted(self._seen.values(), key=lambda event: event.index)
        return [self._with_value(event) for event in found]

    def copy(self) -> Opening:
        """Return the same state, to go on from."""
        twin = Opening()
        twin.passed = dict(self.passed)
        twin._seen = dict(self._seen)
        twin._values = dict(self._values)
        return twin

    def _with_value(self, event: Event) -> Event:
        if isinstance(event, ParameterSeen) and event.name in self._values:
            return replace(event, value=self._values[event.name])
        return event

    def _admit(self, event: ParameterSeen) -> None:
        """Enter a tensor, or what has changed about one: its name, its optimizer."""
        if event.formerly:
            self._seen.pop((ParameterSeen, event.formerly), None)
        value = self._values.pop(event.formerly or event.name, None)
        if event.value is None and value is not None and value.shape == event.shape:
            self._values[event.name] = value
        self._see(event, event.name)

    def _see(self, event: Event, name: str) -> None:
        key = (type(event), name)
        self._seen.pop(key, None)
        self._seen[key] = event
        if len(self._seen) > _MOST:
            kind, oldest = next(iter(self._seen))
            del self._seen[kind, oldest]
            if kind is ParameterSeen:
                self._values.pop(oldest, None)

    def _read(self, entries: Entries) -> None:
        for name, entry in entries.items():
            if entry.after is not None and (ParameterSeen, name) in self._seen:
                self._values[name] = entry.after

    def _count(self, optimizer: str, steps: int) -> None:
        self.passed[optimizer] = self.passed.pop(optimizer, 0) + steps
        if len(self.passed) > _OPTIMIZERS:
            oldest = next(name for name in self.passed if name)
            self.passed[""] = self.passed.get("", 0) + self.passed.pop(oldest)
