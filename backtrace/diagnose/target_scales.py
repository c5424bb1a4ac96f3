"""Of what scale a loss function's targets are, in training and in evaluation."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ForwardRan, Reading
from backtrace.ledger.layer_facts import Scale
from backtrace.ledger.loss_facts import LossCalled

_DISTANCES = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"})
_ENOUGH = 2  # evaluated batches
_LAST = 5  # batches of training before an evaluation, and no fewer
_APART = 5.0  # times: the targets' sizes
_ALIKE = 2.0  # times: the outputs' sizes
_NEAR = 1.0  # deviations between the outputs' means


@dataclass(frozen=True)
class ScaleMissed:
    """A loss function's first evaluated call whose targets alone are of another scale."""

    call: LossCalled
    trained: LossCalled


@dataclass
class _ErrorCalls:
    """The calls of one loss function, on one shape of outputs."""

    trained: list[LossCalled] = field(default_factory=list)
    evaluated: list[tuple[LossCalled, int]] = field(default_factory=list)  # after so many trained


def find_missed_scales(run: Stretch) -> Iterator[ScaleMissed]:
    """Give each loss whose outputs are alike in training and evaluation, and whose targets differ.

    All calls of either kind agree on it, from when on outputs have their targets' size in training.
    """
    for calls in _sort(run).values():
        if len(calls.evaluated) < _ENOUGH or not calls.trained or not _is_apart(calls):
            continue
        late = [
            (call, before)
            for call, count in calls.evaluated
            if len(before := calls.trained[max(count - _LAST, 0) : count]) == _LAST
            and all(map(_fits, before))
        ]
        if len(late) >= _ENOUGH and all(_misses(call, before) for call, before in late):
            call, before = late[0]
            yield ScaleMissed(call, before[-1])


def scale_of(reading: Reading) -> Scale:
    """Return mean and deviation of what was read."""
    square = _size(reading) ** 2 - reading.mean**2
    return Scale(reading.mean, math.sqrt(max(square, 0.0)))


def _sort(run: Stretch) -> dict[object, _ErrorCalls]:
    found: dict[object, _ErrorCalls] = defaultdict(_ErrorCalls)
    forward: ForwardRan | None = None
    for event in run.events:
        if isinstance(event, ForwardRan):
            forward = event
        elif (
            isinstance(event, LossCalled)
            and forward is not None
            and event.function in _DISTANCES
            and _is_whole(event)
        ):
            calls = found[(event.function, event.reduction, event.input_shape[1:])]
            if not (forward.training and forward.grad_enabled):
                calls.evaluated.append((event, len(calls.trained)))
            elif event.input_from:
                calls.trained.append(event)
    return found


def _is_whole(call: LossCalled) -> bool:
    both = (call.output, call.expected)
    return all(each is not None and each.numel > 1 and _size(each) > 0 for each in both)


def _is_apart(calls: _ErrorCalls) -> bool:
    """Whether all targets of evaluated calls are larger, or smaller, than all of the others."""
    trained = [_size(each.expected) for each in calls.trained]
    evaluated = [_size(each.expected) for each, _ in calls.evaluated]
    return min(evaluated) >= _APART * max(trained) or max(evaluated) * _APART <= min(trained)


def _fits(call: LossCalled) -> bool:
    return _times(_size(call.output), _size(call.expected)) < _APART


def _misses(call: LossCalled, before: list[LossCalled]) -> bool:
    """Whether a call's outputs are as those `before`, and of another size than its targets."""
    outputs = scale_of(call.output) if call.output else Scale(0.0, 0.0)
    for each in before:
        known = scale_of(each.output) if each.output else Scale(0.0, 0.0)
        is_alike = _times(_size(call.output), _size(each.output)) < _ALIKE
        is_near = abs(outputs.mean - known.mean) < _NEAR * known.deviation
        if not (is_alike and is_near):
            return False
    return not _fits(call)


def _times(one: float, other: float) -> float:
    return max(one, other) / min(one, other) if min(one, other) > 0 else math.inf


def _size(reading: Reading | None) -> float:
    """Return the root of the mean square; 0 of what is not finite."""
    if reading is None or not math.isfinite(reading.norm):
        return 0.0
    return reading.norm / math.sqrt(reading.numel)
