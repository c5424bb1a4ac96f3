"""Says which optimizer holds which tensor, what a backward reached, and what a model lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from backtrace.diagnose.gradients import reached_by
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    ParameterSeen,
    StepBegan,
    StepSkipped,
    StepTaken,
)
from backtrace.ledger.facts import ModelSeen, OptimizerSeen

_REPLACED = " (replaced)"  # what the instrument adds to the name of a tensor that lost its place


@dataclass(slots=True)
class Holdings:
    """What optimizers hold at the end of a stretch.

    `held` are the optimizers by tensor, `left` the tensors by optimizer that it held at its last
    step though no model did any more: one that is through when its model goes held it rightly.
    `reached` is the first backward that brought a gradient, and `last_reached` the place of the
    last, by tensor; `last_step` is the place of an optimizer's. `moved` are the tensors whose
    value something else changed after it had gradients, `given` those whose `.grad` was written by
    hand.
    """

    held: dict[str, dict[str, None]] = field(default_factory=dict)
    left: dict[str, dict[str, None]] = field(default_factory=dict)
    reached: dict[str, BackwardRan] = field(default_factory=dict)
    last_reached: dict[str, int] = field(default_factory=dict)
    last_step: dict[str, int] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    _parameters: set[str] = field(default_factory=set)
    _members: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of models, by name

    def take(self, event: Event) -> None:
        """Enter one event."""
        match event:
            case OptimizerSeen():
                self._hold(event)
            case ModelSeen():
                self._members[event.module] = event.parameters
            case ParameterSeen():
                self._see(event)
            case StepTaken():
                self._step(event)
            case Edited() if event.account == "value":
                self.moved |= event.entries.keys() & self.reached.keys()
            case Edited():
                self.given |= {name for name, e in event.entries.items() if e.after is not None}
            case BackwardRan():
                for name in reached_by(event):
                    self.reached.setdefault(name, event)
                    self.last_reached[name] = event.index

    def _hold(self, event: OptimizerSeen) -> None:
        for owners in self.held.values():
            owners.pop(event.optimizer, None)
        for group in event.groups:
            for name in group.parameters:
                self.held.setdefault(name, {})[event.optimizer] = None

    def _see(self, event: ParameterSeen) -> None:
        if event.kind == "parameter":
            self._parameters.add(event.name)
        if event.formerly:
            self._rename(event.formerly, event.name)

    def _step(self, event: StepTaken) -> None:
        since, self.last_step[event.optimizer] = self.last_step.get(event.optimizer), event.index
        for name in event.values:
            self.held.setdefault(name, {})[event.optimizer] = None
        members = {name for names in self._members.values() for name in names}
        gone = self._parameters - members if members else set[str]()
        if since is not None:  # what a backward has reached since is computed with by something
            gone = {name for name in gone if self.last_reached.get(name, -1) < since}
        self.left[event.optimizer] = {
            name: None for name in event.values if name in gone or name.endswith(_REPLACED)
        }

    def _rename(self, old: str, new: str) -> None:
        self.held[new] = self.held.pop(old, {})
        if old in self.reached:
            self.reached[new] = self.reached.pop(old)
            self.last_reached[new] = self.last_reached.pop(old)

    def owned_by(self, optimizer: str) -> list[str]:
        """Return what one optimizer holds."""
        return [name for name, owners in self.held.items() if optimizer in owners]

    def orphans(self, run: Stretch) -> list[str]:
        """Return the models' trainable parameters that get gradients and that nothing steps."""
        return [
            name
            for name, seen in run.parameters.items()
            if seen.kind == "parameter"
            and seen.requires_grad
            and name in self.reached
            and name not in self.moved
            and not self.held.get(name)
        ]

    def successors(self, optimizer: str, orphans: list[str]) -> list[str]:
        """Return those of `orphans` that stand where tensors stood that the optimizer holds."""
        places = {name.partition(" (")[0] for name in self.left.get(optimizer, {})}
        modules = tuple(f"{module}." for place in places if (module := place.rpartition(".")[0]))
        return [name for name in orphans if name in places or name.startswith(modules)]

    def idle(self, orphans: list[str]) -> list[str]:
        """Return the optimizers that step on while only `orphans` are given gradients."""
        since = min((self.reached[name].index for name in orphans), default=None)
        if since is None:
            return []
        return [
            optimizer
            for optimizer, last in self.last_step.items()
            if last > since
            and all(self.last_reached.get(n, -1) < since for n in self.owned_by(optimizer))
            and not self.given.intersection(self.owned_by(optimizer))
        ]

    def carried_back(self, run: Stretch, orphans: list[str]) -> bool:
        """Whether `orphans` are copies of what optimizers hold that are given gradients by hand."""
        given = [name for name in self.given if name in run.parameters and self.held.get(name)]
        held = {run.parameters[name].shape for name in given}
        return bool(held) and {run.parameters[name].shape for name in orphans} <= held


def made_at(run: Stretch, optimizer: str) -> str:
    """Return where an optimizer was made; '' where that was not seen.

    It is written down again when what it holds has lost its place, wherever that is noticed.
    """
    seen = (event.where for event in run.of(OptimizerSeen) if event.optimizer == optimizer)
    return next(seen, "")


def read_holdings(run: Stretch) -> Holdings:
    """Return what optimizers hold at the end of a stretch."""
    return run.once(_read_holdings)


def _read_holdings(run: Stretch) -> Holdings:
    holdings = Holdings()
    for event in run.events:
        holdings.take(event)
    return holdings


def outer_steps(run: Stretch) -> Iterator[tuple[int, StepTaken]]:
    """Go through the steps that no other step made, with their places among the events.

    A wrapper that is an optimizer itself steps the one inside it; that is one step, not two.
    """
    return iter(run.once(_outer_steps))


def _outer_steps(run: Stretch) -> list[tuple[int, StepTaken]]:
    found: list[tuple[int, StepTaken]] = []
    opened: list[str] = []
    for place, event in enumerate(run.events):
        if isinstance(event, StepBegan):
            opened.append(event.optimizer)
        elif isinstance(event, StepTaken) or (isinstance(event, StepSkipped) and event.had_begun):
            if event.optimizer in opened:
                del opened[opened.index(event.optimizer) :]
            if isinstance(event, StepTaken) and not opened:
                found.append((place, event))
    return found


def edited_values(run: Stretch) -> set[str]:
    """Return the tensors whose value something other than a step changed."""
    edits = (event for event in run.of(Edited) if event.account == "value")
    return {name for event in edits for name in event.entries}


def listed(names: list[str] | tuple[str, ...], most: int = 3) -> str:
    """Return a few of `names` in words: `a, b and 4 more`."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
