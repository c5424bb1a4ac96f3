"""An evaluation set dropout's `p` to 0, and nobody put it back: training goes on without it.

## What it sees
Dropout, a layer or the function, that dropped something in training; in the first evaluation its
`p` was 0, and in five or more calls in training after that it still was, and never anything else.

## Why it matters
From the first evaluation on the model trains without the regularisation that it was given, and
overfits. The first epoch is the only one that is as it was meant, and nothing in the loss says so.

## Example
    def forward(self, x):
        if not self.training:
            self.dropout = 0.0
        return F.dropout(self.body(x), self.dropout)

## Instead
    def forward(self, x):
        return F.dropout(self.body(x), self.dropout, training=self.training)

## When it is intended
Dropout that is turned off at a planned moment of training is not meant: there it is off before the
evaluation begins.

## Source
"bug fix: when eval, dropout_p turns to 0 forever", github.com/NVIDIA/Megatron-LM, pull request 411.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import DropoutLeftOff


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each evaluation that left dropout off, at the first that was seen to be."""
    told: set[str] = set()
    for event in run.of(DropoutLeftOff):
        if event.evaluated in told:
            continue
        told.add(event.evaluated)
        name = event.type if event.type.startswith("F.") else f"nn.{event.type}"
        yield RULE.found(
            f"{name} dropped {event.share:.0%} in training until the evaluation at "
            f"{event.evaluated} set its p to 0, and has dropped nothing since",
            "leave p as it is, and let the mode decide (model.eval(), F.dropout(..., "
            "training=self.training)), or set p back after the evaluation",
            run.update_at(event),
            event.where,
            p_before=event.share,
        )


RULE = Rule("BT317", "dropout-left-off", "warning", check, __doc__, needs=(FACTS,))
