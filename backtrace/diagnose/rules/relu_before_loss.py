"""The logits that a loss takes have gone through a ReLU.

## What it sees
The input of `cross_entropy` or `binary_cross_entropy_with_logits` was made by a ReLU.

## Why it matters
The last layer can say yes and never no: every negative logit becomes 0. With a sigmoid behind it
no probability is below 0.5, and a row whose logits are all negative has no gradient.

## Example
    x = F.relu(self.fc2(x))
    return x                      # into nn.CrossEntropyLoss

## Instead
    return self.fc2(x)

## When it is intended
Hardly ever; evidential networks use it, with losses of their own.

## Source
torch.nn.CrossEntropyLoss, PyTorch documentation: the input is logits of any sign and size.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_FUNCTIONS = ("cross_entropy", "binary_cross_entropy_with_logits")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls one of them on a ReLU's output."""
    for (where, function), calls in trained_losses(run).items():
        wrong = [call for call in calls if call.input_from.startswith("ReluBack")]
        if wrong and function in _FUNCTIONS:
            yield RULE.found(
                f"{function} was given the output of a ReLU: no logit can be negative",
                "leave the activation after the last layer out",
                run.update_at(wrong[0]),
                where,
                input_made_by=wrong[0].input_from,
                calls=len(wrong),
            )


RULE = Rule(
    "BT410", "relu-before-loss", "warning", check, __doc__, needs=(FACTS,), cure="bare_output"
)
