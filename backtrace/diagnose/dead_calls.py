"""Finds loss functions that are part of the loss and have no graph, by the numbers alone."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.loss_facts import LossCalled

_ENOUGH = 3
_SAME = 1e-3  # relative: float32 leaves 1e-7 of the loss, which may be 1e4 times its smaller part
_LEAST = 1e-3  # of the loss: what is less is rounding


@dataclass(frozen=True, slots=True)
class DeadCall:
    """One update's loss, less that of the loss function with a graph, is `weight` x `value`.

    `widths` are the lengths of the axes of its input in which classes or features may stand.
    """

    number: int
    function: str
    where: str
    value: float
    weight: float
    widths: frozenset[int]


def find_dead_calls(run: Stretch) -> list[DeadCall]:
    """Return the updates of such a loss; none where the measure is not the same in all."""
    found = [call for window in run.windows if (call := _read(window)) is not None]
    if len(found) < _ENOUGH or len({(call.where, call.function) for call in found}) != 1:
        return []
    weights = [call.weight for call in found]
    spread = max(weights) - min(weights)
    is_fixed = spread <= _SAME * min(map(abs, weights))
    has_moved = len({call.value for call in found}) == len(found)
    return found if is_fixed and has_moved else []


def _read(window: Window) -> DeadCall | None:
    """Return what one update shows; None unless it has one backward and one call of each kind."""
    backwards = window.of(BackwardRan)
    if len(backwards) != 1 or window.step is None or backwards[0].loss is None:
        return None
    calls = [call for call in window.of(LossCalled) if call.index < backwards[0].index]
    live = [call.value for call in calls if call.input_from or call.target_from]
    dead = [call for call in calls if not (call.input_from or call.target_from)]
    if len(live) != 1 or len(dead) != 1 or live[0] is None or not dead[0].value:
        return None
    loss, value = backwards[0].loss, dead[0].value
    if not abs(loss - live[0]) > _LEAST * abs(loss):
        return None
    shape, weight = dead[0].input_shape, (loss - live[0]) / value
    widths = frozenset((*shape[1:2], *shape[-1:])) if len(shape) > 1 else frozenset({1})
    return DeadCall(window.number, dead[0].function, dead[0].where, value, weight, widths)
