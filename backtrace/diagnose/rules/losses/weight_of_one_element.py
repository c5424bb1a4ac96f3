"""A binary cross entropy's `weight` is one number: it scales the loss and balances nothing.

## What it sees
In each of at least three calls of a binary cross entropy over labels of both classes, its `weight`
is a tensor of the same one element, larger than 1, for all scores.

## Why it matters
`weight` multiplies positives and negatives alike. With one element it only makes the whole loss,
and with it the rate of SGD, that many times larger; a rare class stays as rare as it was.

## Example
    criterion = nn.BCEWithLogitsLoss(weight=negatives / positives)

## Instead
    criterion = nn.BCEWithLogitsLoss(pos_weight=negatives / positives)

## When it is intended
Where one loss is to count more than another: multiply it, so that a reader sees it.

## Source
torch.nn.BCEWithLogitsLoss, PyTorch documentation: `weight` and `pos_weight`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_CALLS = 3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose weight is the same one number in each call that was looked at."""
    for (where, function), all_calls in trained_losses(run).items():
        calls = [call for call in all_calls if call.target_min is not None]
        weights = {call.lone_weight for call in calls}
        weight = calls[0].lone_weight if calls else None
        is_of_both = any(call.target_min == 0 and call.target_max == 1 for call in calls)
        if len(calls) >= _CALLS and len(weights) == 1 and is_of_both and weight and weight > 1:
            yield RULE.found(
                f"the weight of {function} is one number, {weight:.4g}, for positives and "
                "negatives alike: it scales the loss and does nothing else",
                "if it is to make up for rare positives, pass it as pos_weight of "
                "binary_cross_entropy_with_logits",
                run.update_at(calls[0]),
                where,
                weight=weight,
                calls_looked_at=len(calls),
            )


RULE = Rule("BT438", "weight-of-one-element", "warning", check, __doc__, needs=(FACTS,))
