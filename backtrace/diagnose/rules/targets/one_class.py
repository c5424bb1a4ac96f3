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
torch.nn.CrossEntropyLoss and torch.nn.Softmax, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import is_softmax, trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that takes cross-entropy over one column."""
    for (where, function), calls in trained_losses(run).items():
        wrong = [call for call in calls if _is_alone(call)]
        if wrong:
            yield RULE.found(
                f"{function} was given a softmax over one class, an input of shape "
                f"{wrong[0].input_shape}: the gradient is zero",
                "for two classes use two outputs, or binary_cross_entropy_with_logits on the one",
                run.update_at(wrong[0]),
                where,
                input_shape=str(wrong[0].input_shape),
                calls=len(wrong),
            )


def _is_alone(call: LossCalled) -> bool:
    """Whether a softmax, the loss's own or one before it, goes over one column."""
    shape = call.input_shape
    if call.function == "cross_entropy":
        return len(shape) > 1 and shape[1] == 1
    return len(shape) > 1 and shape[-1] == 1 and is_softmax(call.input_from)


RULE = Rule("BT411", "one-class", "error", check, __doc__, needs=(FACTS,), told=("labels",))
