"""What a model is given in evaluation is of another scale than what it was trained on.

## What it sees
The first two or three batches of real numbers that a model was given in evaluation mode, without
gradients, beside its first four in training mode, of the same shape: their spread is less than a
third of each of those or more than three times as large, their mean lies more than three of their
deviations away, or both are off by less: 1.8 times, and 0.8 of a deviation.

## Why it matters
A normalisation that only the training data go through makes every score of the evaluation
meaningless: the model answers to inputs that it has never seen the like of. A schedule, an early
stop or a best checkpoint that follows these scores goes astray with them.

## Example
    train_transform = Compose([ToTensor(), Normalize(mean, std)])
    test_transform = Compose([ToTensor()])

## Instead
    test_transform = Compose([ToTensor(), Normalize(mean, std)])

## When it is intended
A model that is tried on purpose on data of another kind, or in an attack.

## Source
"Why is the training accuracy okay, but the testing accuracy is very low?",
github.com/JeasunLok/ResNet-pytorch, issue 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import EvaluatedInputs, Scale

_ENOUGH = 2  # batches, of the first three
_FAR, _OFF = (3.0, 3.0), (1.8, 0.8)  # times the spread, deviations between the means


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model whose first batches in evaluation were all of another scale."""
    looks: dict[str, list[EvaluatedInputs]] = {}
    for event in run.of(EvaluatedInputs):
        looks.setdefault(event.module, []).append(event)
    for module, found in looks.items():
        if len(found) < _ENOUGH or not all(map(_is_elsewhere, found)):
            continue
        scale, trained = found[0].scale, found[0].trained[0]
        yield RULE.found(
            f"in evaluation {module} is given numbers of mean {scale.mean:.3g} and deviation "
            f"{scale.deviation:.3g}, in training of {trained.mean:.3g} and {trained.deviation:.3g}",
            "prepare the data of the evaluation as those of the training: with the same "
            "normalisation, of the same numbers",
            run.update_at(found[0]),
            found[0].where,
            mean_in_evaluation=scale.mean,
            deviation_in_evaluation=scale.deviation,
            mean_in_training=trained.mean,
            deviation_in_training=trained.deviation,
        )


def _is_elsewhere(event: EvaluatedInputs) -> bool:
    return all(_is_far(event.scale, known) for known in event.trained)


def _is_far(found: Scale, known: Scale) -> bool:
    if not (found.deviation > 0 and known.deviation > 0):  # constant, or not finite
        return False
    times = max(found.deviation / known.deviation, known.deviation / found.deviation)
    shift = abs(found.mean - known.mean) / known.deviation
    is_off = times >= _OFF[0] and shift >= _OFF[1]
    return times >= _FAR[0] or shift >= _FAR[1] or is_off


RULE = Rule("BT318", "evaluated-at-another-scale", "warning", check, __doc__, needs=(FACTS,))
