"""Says in numbers what each update of an optimizer began with, and how far it went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot, isfinite, isinf

from backtrace.diagnose.gradients import reached_by
from backtrace.diagnose.holdings import outer_steps
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, GradsRescaled, Reading, StepBegan, StepTaken


@dataclass(frozen=True)
class Progress:
    """One update: its number, the backwards that the step read, and the step."""

    number: int
    backwards: tuple[BackwardRan, ...]
    step: StepTaken
    is_clipped: bool

    @cached_property
    def loss(self) -> float | None:
        """The mean of the losses, None where there was none that is one finite number."""
        found = [each.loss for each in self.backwards if each.loss is not None]
        if not found or not all(map(isfinite, found)):
            return None
        return sum(found) / len(found)

    @cached_property
    def grad_norm(self) -> float:
        """The norm of all gradients that the step read, taken together."""
        return hypot(*(grad.norm for grad in self.step.grads.values() if grad))

    @cached_property
    def value_norm(self) -> float:
        """The norm of all values before the step."""
        return _norm(entry.before for entry in self.step.values.values())

    @cached_property
    def change_norm(self) -> float | None:
        """The norm of all that the step changed, None where it was not taken."""
        deltas = [entry.delta for entry in self.step.values.values()]
        return None if None in deltas else _norm(deltas)

    @property
    def where(self) -> str:
        """The place of the backward, or of the step where there was none."""
        return self.backwards[0].where if self.backwards else self.step.where


def optimizers_of(run: Stretch) -> list[str]:
    """Return the optimizers that step by themselves and not inside of another."""
    return list(dict.fromkeys(step.optimizer for _, step in outer_steps(run)))


def read_progress(run: Stretch, optimizer: str) -> list[Progress]:
    """Return the updates of one optimizer; of a closure's losses, the first alone counts."""
    found = []
    for window in run.windows_of(optimizer):
        step = window.step
        if step is not None and step.optimizer == optimizer:
            found.append(_read(window, step))
    return found


def distance(updates: Sequence[Progress]) -> float:
    """Return how far steps went in all, in norms of the values before the first one."""
    begin = next((each.value_norm for each in updates if each.value_norm), 0.0)
    far = sum(each.change_norm or 0.0 for each in updates)
    return far / begin if begin else float("inf")


def _read(window: Window, step: StepTaken) -> Progress:
    own = set(step.values)
    began = max((e.index for e in window.of(StepBegan) if e.optimizer == step.optimizer), default=0)
    backwards = [each for each in window.of(BackwardRan) if own & set(reached_by(each))]
    before = [each for each in backwards if not began or each.index < began]
    clips = (e for e in window.of(GradsRescaled) if own & set(e.grads) and "clip" in e.call)
    return Progress(
        window.number,
        tuple(before or backwards[:1]),
        step,
        any(clip.limit is None or not isinf(clip.limit) for clip in clips),
    )


def _norm(readings: Iterable[Reading | None]) -> float:
    return hypot(*(reading.norm for reading in readings if reading is not None))
