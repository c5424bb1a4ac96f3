"""A trace in memory: which events it keeps, and how much of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, overload

from backtrace.ledger.events import (
    BackwardRan,
    Entry,
    Event,
    GradsZeroed,
    LossComputed,
    ParameterSeen,
    StepSkipped,
    StepTaken,
    Unseen,
)
from backtrace.ledger.facts import ModelSeen, OptimizerSeen, StepsPassed
from backtrace.ledger.numbering import Numbering
from backtrace.tracefile.event_shapes import Form, shape_of
from backtrace.tracefile.param_filter import ParamFilter

# What updates are numbered by, and what the curve of losses is made of.
_ALWAYS = (
    BackwardRan, GradsZeroed, LossComputed, ModelSeen, OptimizerSeen, ParameterSeen,
    StepSkipped, StepTaken, StepsPassed, Unseen,
)  # fmt: skip
_NOTHING = Entry(None, None)


class EventsSoFar(Sequence[Event]):
    """The events that are kept so far; who asks for them waits for those on their way."""

    def __init__(self, events: list[Event]) -> None:
        self._events = events
        self.catch_up: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        self.catch_up()
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        self.catch_up()
        return iter(self._events)

    @overload
    def __getitem__(self, at: int) -> Event: ...

    @overload
    def __getitem__(self, at: slice) -> list[Event]: ...

    def __getitem__(self, at: int | slice) -> Event | list[Event]:
        self.catch_up()
        return self._events[at]

    def __repr__(self) -> str:
        return repr(self._events)


class KeptEvents:
    """Takes events, and has in `events` those that are kept.

    Args:
        last: the number of updates, of each optimizer, that are kept. Of those before only what
            was cleared, went backward and stepped stays, with no reading; of models and optimizers
            all. So memory grows by three short events an update.
        params: globs over tensors' names; of the others nothing is kept.
    """

    def __init__(self, last: int | None, params: Sequence[str]) -> None:
        self.events: list[Event] = []
        self._choice = ParamFilter(params)
        self._last = last
        self._numbering = Numbering()
        self._firsts: dict[str, deque[int]] = {}  # the first event of each update that is kept
        self._passed = 0  # so many in `events` are of updates that are over and gone
        self._latest: dict[str, int] = {}  # where the last step of each optimizer is among these
        self._names: dict[tuple[str, ...], dict[str, Entry | None]] = {}

    def take(self, event: Event) -> None:
        """Take an event in, and let go of what is too old."""
        chosen = self._choice.apply(event)
        if chosen is None:
            return
        self.events.append(chosen)
        if self._last is None:
            return
        closed = self._numbering.take(event.index, event)
        if closed is not None and isinstance(event, StepTaken):
            firsts = self._firsts.setdefault(event.optimizer, deque(maxlen=self._last))
            firsts.append(closed.first)
            self._let_go()

    def _let_go(self) -> None:
        """Thin what came before the updates that are kept of every optimizer."""
        known = self._numbering.of
        self._firsts = {name: self._firsts[name] for name in self._firsts.keys() & known.keys()}
        whole = min(self._firsts.get(name, [opened.first])[0] for name, opened in known.items())
        start, end = self._passed, self._passed
        while end < len(self.events) and self.events[end].index < whole:
            end += 1
        gone = [self._thin(each) for each in self.events[start:end] if isinstance(each, _ALWAYS)]
        self.events[start:end] = gone
        for place, event in enumerate(gone, start):
            if isinstance(event, StepTaken):
                old = self._latest.get(event.optimizer)
                if old is not None:
                    self.events[old] = _rewrite(self.events[old], self._to_names)
                self._latest[event.optimizer] = place
        self._passed = start + len(gone)

    def _thin(self, event: Event) -> Event:
        """Return what stays of an event; a step goes on as it is until the next one is here."""
        is_input = isinstance(event, ParameterSeen) and event.kind == "input"
        if isinstance(event, StepTaken | ParameterSeen) and not is_input:
            return event
        return _rewrite(event, self._to_names)

    def _to_names(self, form: Form, value: Any) -> object:
        """Return a field without its readings; the same names are one object in all events."""
        if form == "single":
            return None
        if form not in ("entries", "readings"):
            return {}
        nothing = _NOTHING if form == "entries" else None
        return self._names.setdefault((form, *value), dict.fromkeys(value, nothing))


def _rewrite(event: Event, change: Callable[[Form, Any], Any]) -> Event:
    """Return an event with each field that holds readings as `change` makes it."""
    forms = shape_of(type(event)).forms
    changed = {name: change(form, getattr(event, name)) for name, form in forms.items()}
    return replace(event, **changed) if changed else event
