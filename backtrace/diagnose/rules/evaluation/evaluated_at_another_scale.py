"""What a model is given or measured by in evaluation is of another scale than in training.

## What it sees
The first two or three batches of real numbers that a model was given in evaluation mode, without
gradients, beside its first four in training mode, of the same shape: their spread is less than a
third of each of those or more than three times as large, their mean lies more than three of their
deviations away, or both are off by less: 1.8 times, and 0.8 of a deviation. Or the targets of a
squared or absolute error are all five times larger, or smaller, in evaluation than in training,
while the inputs are not, and the model's outputs stay at the scale of the training's targets.

## Why it matters
A normalisation that only the training data go through makes every score of the evaluation
meaningless: the model answers to inputs that it has never seen the like of. A schedule, an early
stop or a best checkpoint that follows these scores goes astray with them. So does one that follows
an error between what the model says of scaled targets and the targets as they are.

## Example
    train_transform = Compose([ToTensor(), Normalize(mean, std)])
    test_transform = Compose([ToTensor()])

    train_loss = l1_loss(model(x), scaler.transform(y))
    val_loss = l1_loss(model(x), y)

## Instead
    test_transform = Compose([ToTensor(), Normalize(mean, std)])

    train_loss = l1_loss(model(x), scaler.transform(y))
    val_loss = l1_loss(scaler.inverse_transform(model(x)), y)

## When it is intended
A model that is tried on purpose on data of another kind, or in an attack.

## Source
"Why is the training accuracy okay, but the testing accuracy is very low?",
github.com/JeasunLok/ResNet-pytorch, issue 1; github.com/Nixtla/neuralforecast, pull request 720: a
validation loss between a scaled forecast and a target that is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.target_scales import ScaleMissed, find_missed_scales, scale_of
from backtrace.ledger.layer_facts import EvaluatedInputs, Scale

_ENOUGH = 2  # batches, of the first three
_FAR, _OFF = (3.0, 3.0), (1.8, 0.8)  # times the spread, deviations between the means


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model whose first batches, or each loss whose targets, were of another scale."""
    looks: dict[str, list[EvaluatedInputs]] = {}
    for event in run.of(EvaluatedInputs):
        looks.setdefault(event.module, []).append(event)
    if not any(map(_is_elsewhere, run.of(EvaluatedInputs))):
        yield from (_describe(run, each) for each in find_missed_scales(run))
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


def _describe(run: Stretch, missed: ScaleMissed) -> Judgement:
    call, trained = missed.call, missed.trained
    assert call.expected is not None and trained.expected is not None
    found, known = scale_of(call.expected), scale_of(trained.expected)
    return RULE.found(
        f"in evaluation {call.function} is given targets of mean {found.mean:.3g} and deviation "
        f"{found.deviation:.3g}, in training of {known.mean:.3g} and {known.deviation:.3g}, and "
        "what the model says is alike in both: the error compares two scales",
        "bring both to one scale: undo the scaling of what the model says, or scale the targets "
        "as in training",
        run.update_at(call),
        call.where,
        mean_in_evaluation=found.mean,
        deviation_in_evaluation=found.deviation,
        mean_in_training=known.mean,
        deviation_in_training=known.deviation,
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
