"""The weights of classes are larger for those that are frequent anyway.

## What it sees
A cross entropy's `weight` that grows with how often its classes occur in the targets of the first
calls, as counts or shares do, and the weights of which differ by half or more. Or a `pos_weight`
that is the number of positives divided by that of negatives, or their share, where these numbers
differ by half or more; and a binary loss's `weight` that has one number for all positives and one
for all negatives, of which the same is true of their ratio. Or any weight below zero. Weights of 0,
classes that hardly occur, a `pos_weight` that is a whole number above 1, and weights of two classes
that are whole numbers up to 10 are left out.

## Why it matters
Weights are to make up for classes that are rare. Turned round they make the rare ones count for
even less: the model says the frequent class of nearly everything, and the accuracy looks good. A
weight below zero makes the loss of its class large: what is said of it has no end to fall to.

## Example
    counts = torch.bincount(y)
    criterion = nn.CrossEntropyLoss(weight=counts / counts.sum())

## Instead
    counts = torch.bincount(y)
    criterion = nn.CrossEntropyLoss(weight=counts.sum() / (len(counts) * counts))

## When it is intended
Where mistakes on the frequent classes are the costly ones, as much as they are frequent.

## Source
torch.nn.BCEWithLogitsLoss, PyTorch documentation: with 100 positives and 300 negatives `pos_weight`
should be 300 / 100; discuss.pytorch.org/t/145203: a weight for each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, log, sqrt
from statistics import linear_regression

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled

_APART = 1.5  # times: of weights and of counts that differ
_FEWEST = 5  # targets of a class
_SLACK = 0.2  # of a logarithm
_LEAST_POWER = 0.3  # of the counts that weights are made of
_BY_HAND = 10  # whole numbers up to which weights are chosen rather than counted
_NEARLY_ALL = 0.8  # of a binary loss's columns


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loss whose classes' weights follow their counts."""
    for (where, function), calls in trained_losses(run).items():
        counted = [call for call in calls if call.counts]
        if len({len(each) for call in counted for each in (call.counts, call.weights)}) != 1:
            continue
        if min(counted[0].weights, default=0.0) < 0:
            yield _below_zero(run, counted[0], where)
            continue
        counts = [sum(column) for column in zip(*(call.counts for call in counted), strict=True)]
        of = sum(call.counted for call in counted)
        judge = _judge_binary if function.startswith("binary") else _judge_classes
        if found := judge(run, counted[0], counts, of, where):
            yield found


def _below_zero(run: Stretch, call: LossCalled, where: str) -> Finding:
    """Return the finding of a weight below zero: what it weighs is made large."""
    least = min(call.weights)
    return RULE.found(
        f"{call.function} has a class weight of {least:.4g}, below zero: what is said of this "
        "class is driven away from its targets, and the loss falls without end",
        "give it weights above zero, such as (len(y) - ones) / ones for a pos_weight",
        run.update_at(call),
        where,
        smallest_weight=least,
    )


def _judge_classes(
    run: Stretch, call: LossCalled, counts: list[float], of: int, where: str
) -> Finding | None:
    """Judge the weight of each class by its count."""
    seen = [
        (count, weight, place)
        for place, (count, weight) in enumerate(zip(counts, call.weights, strict=True))
        if 0 < weight < inf and count >= _FEWEST
    ]
    if len(seen) < 2 or not _is_made_of_counts([(count, weight) for count, weight, _ in seen]):
        return None
    (few, light, rare), (many, heavy, usual) = min(seen), max(seen)
    return RULE.found(
        f"the weight of {call.function} is larger for classes that are more frequent: "
        f"{heavy:.3g} for class {usual}, of {many / of:.1%} of the targets looked at, and "
        f"{light:.3g} for class {rare}, of {few / of:.1%}",
        "weigh each class by the inverse of its count: counts.sum() / (len(counts) * counts)",
        run.update_at(call),
        where,
        targets_looked_at=of,
    )


def _is_made_of_counts(seen: list[tuple[float, float]]) -> bool:
    """Whether weights are a power of their counts; of two classes, the counts themselves."""
    fewest, most = min(count for count, _ in seen), max(count for count, _ in seen)
    weights = [weight for _, weight in seen]
    if max(weights) < _APART * min(weights) or most < _APART * fewest:
        return False
    if _may_be_chance(fewest, most):
        return False
    logs = [(log(count), log(weight)) for count, weight in seen]
    power, start = linear_regression([x for x, _ in logs], [y for _, y in logs])
    if len(seen) == 2:
        if all(weight in range(1, _BY_HAND + 1) for weight in weights):
            return False
        return abs(logs[0][1] - logs[1][1] - logs[0][0] + logs[1][0]) <= _slack(fewest)
    return power >= _LEAST_POWER and all(
        abs(y - power * x - start) <= _slack(count)
        for (x, y), (count, _) in zip(logs, seen, strict=True)
    )


def _judge_binary(
    run: Stretch, call: LossCalled, counts: list[float], of: int, where: str
) -> Finding | None:
    """Judge the weight of the positives of each column by their number."""
    clear = [
        (positive, weight)
        for positive, weight in zip(counts, call.weights, strict=True)
        if min(positive, of - positive) >= _FEWEST and 0 < weight < inf
    ]
    clear = [
        (positive, weight)
        for positive, weight in clear
        if _is_apart(positive / (of - positive)) and not _may_be_chance(positive, of - positive)
    ]
    wrong = [each for each in clear if _is_turned(*each, of)]
    if not wrong or len(wrong) < _NEARLY_ALL * len(clear):
        return None
    positive, weight = wrong[0]
    right = (of - positive) / positive
    return RULE.found(
        f"{call.function} weighs positives by {weight:.3g} times what negatives weigh, where "
        f"{positive / of:.1%} of the targets looked at are positive: what is rarer counts for less",
        f"give the number of negatives divided by that of positives, about {right:.3g}",
        run.update_at(call),
        where,
        targets_looked_at=of,
    )


def _is_turned(positive: float, weight: float, of: int) -> bool:
    """Whether a weight of positives is their number by that of negatives, or their share."""
    ratio, share = positive / (of - positive), positive / of
    slack = _slack(min(positive, of - positive))
    is_same_way = (weight < 1) == (ratio < 1) and _is_apart(weight)
    if weight > 1 and weight == round(weight):  # chosen by hand, so that fewer are missed
        return False
    return is_same_way and min(abs(log(weight / ratio)), abs(log(weight / share))) <= slack


def _is_apart(ratio: float) -> bool:
    return max(ratio, 1 / ratio) >= _APART


def _may_be_chance(one: float, other: float) -> bool:
    """Whether two counts differ by no more than samples of equal classes may."""
    return abs(other - one) < 3 * sqrt(one + other)


def _slack(count: float) -> float:
    """Return how far the logarithm of a count may be off, of which a sample was taken."""
    return _SLACK + 1.5 / sqrt(count)


RULE = Rule("BT528", "weights-turned-round", "warning", check, __doc__, needs=(FACTS,))
