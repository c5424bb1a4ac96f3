"""Says in which mode each model was when a step trained it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.diagnose.gradients import reached_by
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, ForwardRan
from backtrace.ledger.facts import ModelSeen


@dataclass(frozen=True, slots=True)
class Trained:
    """One update of a model: the calls whose result was trained."""

    number: int
    forwards: list[ForwardRan]

    @property
    def is_resting(self) -> bool:
        """Whether the model was in evaluation mode in every one of them."""
        return not any(each.training for each in self.forwards)


def find_trained(run: Stretch, model: ModelSeen) -> list[Trained]:
    """Return the updates in which a step moved parameters of a model that got a gradient."""
    own = set(model.parameters)
    return [found for window in run.windows for found in _trained(window, model.module, own)]


def _trained(window: Window, module: str, own: set[str]) -> Iterator[Trained]:
    """Give the calls of the model before the last backward that gave it a gradient."""
    if window.step is None or not own & set(window.step.values):
        return
    backwards = [each for each in window.of(BackwardRan) if own & set(reached_by(each))]
    before = backwards[-1].index if backwards else -1
    forwards = [f for f in window.forwards if f.module == module and f.index < before]
    if forwards:
        yield Trained(window.number, forwards)
