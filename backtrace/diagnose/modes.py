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


@dataclass(frozen=True, slots=True)
class _Learning:
    """An update in which a model's parameters were reached and moved, and the calls before it."""

    number: int
    reached: set[str]
    own: list[ForwardRan]
    others: list[ForwardRan]


def find_trained(run: Stretch, model: ModelSeen) -> list[Trained]:
    """Return the updates in which a step moved parameters of a model that got a gradient.

    An evaluation that keeps its graphs is called by the side: where training calls other modules,
    of which this one is a part or which are parts of it, a call in evaluation mode trained nothing.
    """
    own = set(model.parameters)
    learning = [found for window in run.windows for found in _learning(window, model.module, own)]
    uncalled = [each.reached for each in learning if not each.own]
    found = ((each, Trained(each.number, each.own)) for each in learning if each.own)
    return [
        trained
        for each, trained in found
        if not trained.is_resting
        or not (any(each.reached <= names for names in uncalled) or _came_by_others(run, each))
    ]


def _learning(window: Window, module: str, own: set[str]) -> Iterator[_Learning]:
    """Give an update's calls before the last backward that gave the model a gradient."""
    if window.step is None or not own & set(window.step.values):
        return
    backwards = [each for each in window.of(BackwardRan) if own & reached_by(each)]
    if backwards:
        last = backwards[-1]
        calls = [f for f in window.forwards if f.index < last.index]
        yield _Learning(
            window.number,
            own & reached_by(last),
            [f for f in calls if f.module == module],
            [f for f in calls if f.module != module],
        )


def _came_by_others(run: Stretch, update: _Learning) -> bool:
    """Whether what was reached belongs to what else was called in training mode."""
    trained = {call.module for call in update.others if call.training}
    callees = (run.callees[name] for name in trained if name in run.callees)
    return update.reached <= {name for each in callees for name in each.parameters}
