"""A classifier of skorch's takes the logarithm of log-probabilities, or of logits.

## What it sees
In the source, a module in skorch's NeuralNetClassifier that returns `log_softmax`, or what a linear
layer gives, where the criterion is `NLLLoss` or, which is the same, none is given; in a run in
which the loss is NaN or infinite.

## Why it matters
NeuralNetClassifier gives `NLLLoss` the logarithm of what the module returns, for it takes that for
probabilities. Log-probabilities are below zero, and logits may be: their logarithm is NaN. Where
the gradient is finite all the same, it makes the right class less likely.

## Example
    def forward(self, x):
        return F.log_softmax(self.head(x), dim=1)

    net = NeuralNetClassifier(Classifier)

## Instead
    def forward(self, x):
        return self.head(x)

    net = NeuralNetClassifier(Classifier, criterion=nn.CrossEntropyLoss)

Or return `softmax`, and leave the criterion as it is.

## When it is intended
Never.

## Source
github.com/skorch-dev/skorch, issues 136 and 519; NeuralNetClassifier, skorch's documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such module, in a run that lost its loss."""
    slips = [each for each in run.of(SlipSeen) if each.kind == "skorch-log"]
    if not slips:
        return
    losses = (each for each in run.of(BackwardRan) if each.loss is not None)
    lost = next((each for each in losses if each.loss and not isfinite(each.loss)), None)
    if lost is None:
        return
    for slip in slips:
        yield RULE.found(
            f"NeuralNetClassifier takes the logarithm of what the module returns for NLLLoss, and "
            f"the module returns {slip.name}: the loss is {lost.loss}",
            "give the net criterion=nn.CrossEntropyLoss, which takes them as they are, or return "
            "softmax's probabilities",
            run.update_at(lost),
            slip.where,
        )


RULE = Rule("BT592", "log-of-no-probability", "error", check, __doc__, needs=(FACTS,))
