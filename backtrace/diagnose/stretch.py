"""A stretch of a training loop as rules read it: events in order, and the updates they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from backtrace.diagnose.called_parts import find_called_parts
from backtrace.diagnose.census.census import Census, count_events
from backtrace.diagnose.optimizer_windows import cut_by_optimizer
from backtrace.diagnose.windows import Window, cut
from backtrace.ledger.events import Event, ForwardRan, ParameterSeen, StepTaken
from backtrace.ledger.facts import Fact, ModelSeen, OptimizerSeen, StepsPassed
from backtrace.ledger.ledger import build_updates
from backtrace.ledger.updates import Update

Kind = TypeVar("Kind", bound=Event)
Made = TypeVar("Made")


class Stretch:
    """An unbroken piece of a trace.

    Args:
        events: all events, in the order in which they happened. A later piece of a long run
            opens with what was last written of its parameters, models and optimizers.
        is_start: whether this is the beginning of the run.
        has_facts: whether the facts of `backtrace.ledger.facts` were recorded at all.
        passed: how many steps of each optimizer came before, so that numbers are the run's.
        unread: how many of these were not read, because only some updates were asked for.
        passed_before: `passed` at each fact of an earlier update that the events open with, by its
            index.
        census: of the whole run, given to the last of its stretches; None in all others.
        learned_later: what learns in the run after this stretch, by the names of its end.
        lines: what earlier stretches know of where things in graphs are computed: the line, by the
            backward's own and the field of GraphSeen.
        is_made_up: whether the data are random numbers in the place of data that are missing.
    """

    def __init__(
        self,
        events: Sequence[Event],
        *,
        is_start: bool = True,
        has_facts: bool = True,
        passed: Mapping[str, int] | None = None,
        passed_before: Mapping[int, Mapping[str, int]] | None = None,
        unread: int = 0,
        census: Census | None = None,
        learned_later: frozenset[str] = frozenset(),
        lines: Mapping[tuple[str, str], str] | None = None,
        is_made_up: bool = False,
    ) -> None:
        self.events = events
        self.is_start = is_start
        self.has_facts = has_facts
        self.passed = passed or {}
        self.passed_before = passed_before or {}
        self.unread = unread
        self.census = census
        self.learned_later = learned_later
        self.lines = lines or {}
        self.is_made_up = is_made_up
        self._numbers: dict[str | None, dict[int, int]] = {}
        self._of: dict[type[Event], list[Any]] = {}
        self._made: dict[Callable[[Stretch], Any], Any] = {}

    def with_census(self, census: Census) -> Stretch:
        """Return the same stretch with another census."""
        twin = copy(self)
        twin.census = census
        return twin

    @cached_property
    def updates(self) -> list[Update]:
        """The updates, of all optimizers, the unfinished ones included."""
        return [
            replace(update, index=update.index + self.passed.get(update.optimizer, 0))
            for update in build_updates(self.events)
        ]

    @cached_property
    def is_sampled(self) -> bool:
        """Whether updates lie between those that were read."""
        return any(True for _ in self.of(StepsPassed))

    @cached_property
    def steps(self) -> list[StepTaken]:
        """Every step that was taken and read."""
        return list(self.of(StepTaken))

    @cached_property
    def begins(self) -> bool:
        """Whether what is trained in it is so from here on, by optimizers that never stepped."""
        new = (not self.passed.get(step.optimizer) for step in self.steps)
        return self.is_start or (bool(self.steps) and all(new))

    @cached_property
    def parameters(self) -> dict[str, ParameterSeen]:
        """What was last written of each tensor, by name."""
        return {event.name: event for event in self.of(ParameterSeen)}

    @cached_property
    def optimizers(self) -> dict[str, OptimizerSeen]:
        """What was last written of each optimizer, by name."""
        return {event.optimizer: event for event in self.of(OptimizerSeen)}

    @cached_property
    def models(self) -> dict[str, ModelSeen]:
        """What was last written of each model, by name."""
        return {event.module: event for event in self.of(ModelSeen)}

    @cached_property
    def callees(self) -> dict[str, ModelSeen]:
        """The models, and under its own name each part of one that was called alone."""
        return self.models | find_called_parts(self.models, self.of(ForwardRan))

    @cached_property
    def _whole(self) -> dict[str, frozenset[str]]:
        """What each model holds beside its parts that were called alone."""
        alone = {n for name, each in self.callees.items() if name not in self.models
                 for n in each.parameters}  # fmt: skip
        return {name: frozenset(each.parameters) - alone for name, each in self.models.items()}

    def parameters_called(self, call: ForwardRan) -> frozenset[str]:
        """Return what a call used, as far as is sure.

        Of a whole model it need not be what is called alone at other times, as a judge is that one
        module holds with its maker.
        """
        if call.module in self._whole:
            return self._whole[call.module]
        part = self.callees.get(call.module)
        return frozenset(part.parameters) if part is not None else frozenset()

    def data_given(self, calls: Iterable[ForwardRan]) -> set[str]:
        """Return the names of what was given to calls, but to parts by other parts."""
        return {call.data for call in calls if call.module in self.models or not call.from_grad}

    def of(self, kind: type[Kind]) -> Iterator[Kind]:
        """Go through the events of one kind."""
        found = self._of.get(kind)
        if found is None:  # most rules ask for the same few
            found = self._of[kind] = [event for event in self.events if isinstance(event, kind)]
        return iter(found)

    def once(self, make: Callable[[Stretch], Made]) -> Made:
        """Return what `make` makes of the events, made the first time that a rule asks for it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]
        return made

    def updates_of(self, optimizer: str) -> list[Update]:
        """Return the finished updates of one optimizer."""
        found = (update for update in self.updates if update.optimizer == optimizer)
        return [update for update in found if update.is_complete]

    @cached_property
    def windows(self) -> list[Window]:
        """The windows between steps, of whichever optimizer; what follows the last is one more."""
        return list(cut(self.events, self.passed))

    @cached_property
    def windows_by_optimizer(self) -> dict[str, list[Window]]:
        """The windows of each optimizer and of those that follow it over the same tensors."""
        return cut_by_optimizer(self.events, self.passed)

    def windows_of(self, optimizer: str) -> list[Window]:
        """Return the windows of one optimizer alone."""
        found = (window for windows in self.windows_by_optimizer.values() for window in windows)
        return [window for window in found if window.optimizer == optimizer]

    def update_at(self, event: Event, optimizer: str | None = None) -> int:
        """Return the number of the update in which an event happened: steps before it, plus 1.

        Steps of `optimizer` count, as its own updates are numbered, or those of all.
        """
        if event.index in self.passed_before:
            steps = self.passed_before[event.index]
            return (steps.get(optimizer, 0) if optimizer else sum(steps.values())) + 1
        if optimizer not in self._numbers:
            windows = cut(self.events, self.passed, optimizer)
            self._numbers[optimizer] = {e.index: w.number for w in windows for e in w.events}
        return self._numbers[optimizer].get(event.index, 1)


def make_stretch(events: Iterable[Event]) -> Stretch:
    """Return a whole run as one stretch."""
    found = list(events)
    has_facts = any(isinstance(event, Fact) for event in found)
    return Stretch(found, has_facts=has_facts, census=count_events(found))
