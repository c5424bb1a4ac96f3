"""Cross-entropy is taken over a single class, and is always zero.

## What it sees
The input of `cross_entropy` or the softmax before a loss has one column.

## Why it matters
The softmax over one class is 1 whatever the logit. The loss is 0, or does not depend on the
model, and its gradient is zero.

## Example
    loss = F.cross_entropy(nn.Linear(16, 1)(h), y)

## Instead
    loss = F.binary_cross_entropy_with_logits(nn.Linear(16, 1)(h), y.unsqueeze(1))

## When it is intended
Never.

## Source
torch.nn.CrossEntropyLoss, PyTorch documentation; "CrossEntropyLoss for binary classification with
one output", discuss.pytorch.org.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.losses import trained_losses
from backtrace.diagnose.rule import Rule, Verdict
from backtrace.diagnose.stretch import Stretch


def check(run: Stretch) -> Iterator[Verdict]:
    """Give each line that takes cross-entropy over one column."""
    for (where, function), calls in trained_losses(run).items():
        wrong = [c for c in calls if len(c.input_shape) > 1 and c.input_shape[1] == 1]
        if wrong and function == "cross_entropy":
            yield RULE.found(
                f"cross_entropy was given one class, an input of shape {wrong[0].input_shape}: "
                "its gradient is zero",
                "for two classes use two outputs, or binary_cross_entropy_with_logits on the one",
                run.update_at(wrong[0]),
                where,
                input_shape=str(wrong[0].input_shape),
                calls=len(wrong),
            )


RULE = Rule("BT411", "one-class", "error", check, __doc__)
