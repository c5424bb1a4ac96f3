"""A class of the model's is left out of the loss by `ignore_index`.

## What it sees
A cross entropy of (rows, classes), of a model without embeddings, whose `ignore_index` is the
number of one of its classes, and rows of that class in nearly every call looked at.

## Why it matters
Nothing says of a row of this class what it is. Its score is made smaller by all other rows: the
model will not name this class, and the loss does not tell.

## Example
    criterion = nn.CrossEntropyLoss(ignore_index=0)
    loss = criterion(model(x), y)  # y is 0, 1 or 2

## Instead
    criterion = nn.CrossEntropyLoss()
    loss = criterion(model(x), y)

## When it is intended
Where a class stands for "not labelled". Give such rows a number that is no class, as torch's own
-100 is, and the model one class less. Of words, where 0 is the padding, and of pictures' borders
nothing is said.

## Source
torch.nn.CrossEntropyLoss, PyTorch documentation: ignore_index "specifies a target value that is
ignored and does not contribute to the input gradient".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_ENOUGH = 2
_NEARLY_ALL = 0.8


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loss that leaves rows of a class out, with how many these were."""
    for (where, function), calls in trained_losses(run).items():
        judged = [call for call in calls if call.input_is]
        shares = [call.left_out for call in judged if call.left_out]
        if len(shares) >= _ENOUGH and len(shares) >= _NEARLY_ALL * len(judged):
            classes = judged[0].input_shape[1]
            mean = sum(shares) / len(shares)
            yield RULE.found(
                f"ignore_index of {function} is one of the {classes} classes: {mean:.0%} of the "
                "rows are of that class, and the loss leaves them out",
                "leave ignore_index away, or give rows without a label a number that is no class",
                run.update_at(judged[0]),
                where,
                losses_looked_at=len(judged),
            )


RULE = Rule("BT482", "class-left-out", "warning", check, __doc__, needs=(FACTS,))
