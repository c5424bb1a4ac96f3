"""Says which optimizer holds which tensor, what a backward reached, and what a model lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from backtrace.diagnose.stretch import Stretch
from backtrace.events import BackwardRan, Edited, Event, StepBegan, StepSkipped, StepTaken
from backtrace.facts import ModelSeen, OptimizerSeen


@dataclass(slots=True)
class Holdings:
    """What optimizers hold at the end of a stretch.

    `held` are the optimizers by tensor, `left` the tensors by optimizer that it still holds
    though their model has others in their place; `replaced` are the places that this concerns.
    `reached` is the first backward that brought a gradient, by tensor.
    """

    held: dict[str, dict[str, None]] = field(default_factory=dict)
    left: dict[str, dict[str, None]] = field(default_factory=dict)
    replaced: dict[str, None] = field(default_factory=dict)
    reached: dict[str, BackwardRan] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Enter one event."""
        match event:
            case OptimizerSeen():
                self._hold(event)
            case StepTaken():
                for name in event.values:
                    self.held.setdefault(name, {})[event.optimizer] = None
            case ModelSeen():
                for name in event.replaced:
                    self._lose(name)
            case BackwardRan():
                for name, entry in event.grads.items():
                    if entry.delta is not None:
                        self.reached.setdefault(name, event)

    def _hold(self, event: OptimizerSeen) -> None:
        for owners in self.held.values():
            owners.pop(event.optimizer, None)
        for group in event.groups:
            for name in group.parameters:
                self.held.setdefault(name, {})[event.optimizer] = None
                if name.removesuffix(_REPLACED) in self.replaced and name.endswith(_REPLACED):
                    self.left.setdefault(event.optimizer, {})[name] = None

    def _lose(self, name: str) -> None:
        place = name.removesuffix(_REPLACED)
        self.replaced[place] = None
        self.reached.pop(place, None)
        owners = self.held.pop(place, {}) | self.held.get(place + _REPLACED, {})
        for owner in owners:
            self.left.setdefault(owner, {})[place + _REPLACED] = None

    def orphans(self, run: Stretch) -> list[str]:
        """Return the models' trainable parameters that get gradients and that nothing steps."""
        return [
            name
            for name, seen in run.parameters.items()
            if seen.kind == "parameter"
            and seen.requires_grad
            and name in self.reached
            and not self.held.get(name)
        ]


_REPLACED = " (replaced)"  # what the instrument adds to the name of a tensor that lost its place


def read_holdings(run: Stretch) -> Holdings:
    """Go through a stretch and return what optimizers hold at its end."""
    holdings = Holdings()
    for event in run.events:
        holdings.take(event)
    return holdings


def idle_optimizers(run: Stretch) -> list[str]:
    """Return the optimizers that stepped, and never found a gradient."""
    found: dict[str, bool] = {}
    for step in run.steps:
        has_grad = any(grad is not None for grad in step.grads.values())
        found[step.optimizer] = found.get(step.optimizer, False) or has_grad
    return [optimizer for optimizer, has_grad in found.items() if not has_grad]


def outer_steps(run: Stretch) -> Iterator[tuple[int, StepTaken]]:
    """Go through the steps that no other step made, with their places among the events.

    A wrapper that is an optimizer itself steps the one inside it; that is one step, not two.
    """
    opened: list[str] = []
    for place, event in enumerate(run.events):
        if isinstance(event, StepBegan):
            opened.append(event.optimizer)
        elif isinstance(event, StepTaken) or (isinstance(event, StepSkipped) and event.had_begun):
            if event.optimizer in opened:
                del opened[opened.index(event.optimizer) :]
            if isinstance(event, StepTaken) and not opened:
                yield place, event


def edited_values(run: Stretch) -> set[str]:
    """Return the tensors whose value something other than a step changed."""
    edits = (event for event in run.of(Edited) if event.account == "value")
    return {name for event in edits for name in event.entries}


def listed(names: list[str] | tuple[str, ...], most: int = 3) -> str:
    """Return a few of `names` in words: `a, b and 4 more`."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
