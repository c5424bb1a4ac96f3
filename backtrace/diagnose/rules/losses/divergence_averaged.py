"""A divergence is averaged over classes as well as rows: it is too small by their number.

## What it sees
`kl_div` with `reduction="mean"`, which is what it does when it is told nothing, on an input of
several axes, in two calls or more of a loss that is trained.

## Why it matters
A divergence is a sum over classes and a mean over rows. The mean over both divides by the number of
classes once more: of a thousand classes, a thousandth is left, and beside a cross entropy it counts
for nothing. PyTorch warns of it.

## Example
    distilled = F.kl_div(F.log_softmax(student / T, 1), F.softmax(teacher / T, 1)) * T * T

## Instead
    distilled = F.kl_div(F.log_softmax(student / T, 1), F.softmax(teacher / T, 1),
                         reduction="batchmean") * T * T

## When it is intended
Where its weight was found by trial with this reduction.

## Source
torch.nn.KLDivLoss, PyTorch documentation: `reduction="mean"` does not return the true divergence.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such loss."""
    for (where, function), calls in trained_losses(run).items():
        wrong = [
            call
            for call in calls
            if call.reduction == "mean" and len(call.input_shape) > 1 and call.input_shape[-1] > 1
        ]
        if function == "kl_div" and len(wrong) >= _ENOUGH:
            classes = wrong[0].input_shape[-1]
            yield RULE.found(
                f"kl_div is averaged over its {classes} classes as well as over rows: it is "
                f"{classes} times too small",
                'call it with reduction="batchmean"',
                run.update_at(wrong[_ENOUGH - 1]),
                where,
                classes=classes,
                calls=len(wrong),
            )


RULE = Rule("BT466", "divergence-averaged", "warning", check, __doc__, needs=(FACTS,))
