"""A loss function is given targets that it has no meaning for.

## What it sees
The least and greatest target of each call: a binary cross entropy on logits with targets below 0 or
above 1; a soft margin or hinge embedding loss, or a cosine embedding or margin ranking loss, with
targets of 0 and 1, where -1 and 1 are wanted; a margin loss over many labels with no -1 among its
targets and with none that is the last class, where a row lists classes and ends in -1; a Poisson
likelihood with negative counts; a cross
entropy with negative probabilities. It is a warning when a cross entropy has rows of zeros and
ones, of which many have no one or several.

## Why it matters
Torch does not refuse them. With a target of 2 a binary cross entropy has no least value: it falls
without end while the logits grow. With a target of 0, a margin loss gives these rows no gradient,
or the wrong one. Where zeros and ones are read as a list, class 0 and class 1 alone are learned. Of
several right classes a softmax can only say that they share 1, and a row
without any counts nothing.

## Example
    labels = torch.tensor([0, 1, 2, 1])
    loss = F.binary_cross_entropy_with_logits(model(x).squeeze(1), labels.float())

## Instead
    loss = F.cross_entropy(model(x), labels)

## When it is intended
Never, as far as we know: what weighs rows goes into `weight` or `pos_weight`.

## Source
"BCEWithLogitsLoss gives negative loss", discuss.pytorch.org; torch.nn.CosineEmbeddingLoss and
torch.nn.MarginRankingLoss, PyTorch documentation ("y, 1 or -1").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled

_SLACK = 1e-3
_ENOUGH = 2
_MANY = 0.2  # of the rows
_SIGNED = (
    "soft_margin_loss",
    "hinge_embedding_loss",
    "cosine_embedding_loss",
    "margin_ranking_loss",
)
_FIXES = {
    "binary_cross_entropy_with_logits": "give it targets from 0 to 1; for class numbers give the "
    "model one output per class and use cross_entropy",
    "poisson_nll_loss": "give it the counts as they are, not scaled and not their logarithms",
    "cross_entropy": "give it class numbers, or probabilities that add up to 1",
    "multilabel_margin_loss": "list the classes of each row and fill it up with -1, or give zeros "
    "and ones to multilabel_soft_margin_loss",
}
_WANTED = {
    "binary_cross_entropy_with_logits": "from 0 to 1",
    "poisson_nll_loss": "of 0 and more",
    "cross_entropy": "that are probabilities",
    "multilabel_margin_loss": "that are classes, followed by -1",
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loss that had such targets in two calls."""
    for (where, function), calls in trained_losses(run).items():
        wrong = [call for call in calls if _is_wrong(call)]
        if len(wrong) >= _ENOUGH and not (function in _SIGNED and len(wrong) < len(calls)):
            low, high = _range_of(wrong)
            wanted = _WANTED.get(function, "of -1 and 1")
            yield RULE.found(
                f"{function} was given targets from {low:g} to {high:g}, and takes targets "
                f"{wanted}",
                _FIXES.get(function, "make the labels -1 and 1: 2 * y - 1"),
                run.update_at(wrong[0]),
                where,
                least=low,
                greatest=high,
                calls=len(wrong),
            )
        many = [call for call in calls if _has_several(call)]
        if len(many) >= _ENOUGH and not wrong:
            share = sum(call.off_one for call in many) / len(many)
            found = RULE.found(
                f"{function} was given rows of zeros and ones, of which {share:.0%} do not add up "
                "to 1: several classes, or none, are right at once",
                "use binary_cross_entropy_with_logits, which asks of each class by itself",
                run.update_at(many[0]),
                where,
                calls=len(many),
            )
            yield replace(found, severity="warning")


def _has_several(call: LossCalled) -> bool:
    """Whether its targets are zeros and ones, and many rows have not exactly a single one."""
    seen = call.expected
    if seen is None or call.off_one < _MANY or seen.nonfinite or (seen.min, seen.max) != (0, 1):
        return False
    return abs(seen.mean * seen.numel + seen.zeros - seen.numel) < _SLACK * seen.numel


def _range_of(calls: list[LossCalled]) -> tuple[float, float]:
    readings = [call.expected for call in calls if call.expected is not None]
    return min(each.min for each in readings), max(each.max for each in readings)


def _is_wrong(call: LossCalled) -> bool:
    """Whether a target lies where the function has no meaning for it."""
    seen = call.expected
    if seen is None or seen.nonfinite or not seen.numel:
        return False
    if call.function == "binary_cross_entropy_with_logits":
        return seen.min < -_SLACK or seen.max > 1 + _SLACK
    if call.function in _SIGNED:
        is_of_two = 0 < seen.zeros < seen.numel and seen.min == 0 and seen.max == 1
        ones = seen.mean * seen.numel
        return is_of_two and abs(ones + seen.zeros - seen.numel) < _SLACK * seen.numel
    is_negative = seen.min < -_SLACK
    if (
        call.function == "multilabel_margin_loss"
    ):  # a row without an end lists all classes there are
        classes = call.target_shape[-1] if call.target_shape else 0
        return not is_negative and seen.max < classes - 1
    if call.function == "cross_entropy":
        return is_negative and "float" in call.target_dtype
    return call.function == "poisson_nll_loss" and is_negative


RULE = Rule(
    "BT460", "targets-out-of-range", "error", check, __doc__, needs=(FACTS,), told=("labels",)
)
