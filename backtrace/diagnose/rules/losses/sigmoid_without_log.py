"""A loss of pairs or of negative samples makes sigmoids large, and not their logarithms.

## What it sees
In the source of a file that calls a model and speaks of BPR or of negative sampling: what is called
a loss is, or holds, minus a sigmoid or its mean, of a positive's score less a negative's, of a
score times its sign, or of a positive's score or minus a negative's by itself.

## Why it matters
The sigmoid of what is ranked quite wrongly is flat, so that the pairs from which there is most to
learn have next to no gradient. Its logarithm is steep there: that is the likelihood that the loss
is named for. Without it the model learns slowly, and the loss is between minus one and zero.

## Example
    def bpr_loss(positive, negative):
        return -torch.sigmoid(positive - negative).mean()

## Instead
    def bpr_loss(positive, negative):
        return -F.logsigmoid(positive - negative).mean()

## When it is intended
A smooth count of pairs in the right order, as of an AUC, has no logarithm: call it `auc`, and
nothing is said.

## Source
github.com/RUCAIBox/RecBole, issue 1505; Rendle et al., "BPR: Bayesian Personalized Ranking from
Implicit Feedback", 2009.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sigmoid."""
    for event in run.of(SlipSeen):
        if event.kind == "unlogged-sigmoid":
            yield RULE.found(
                f"the loss makes sigmoid({event.name}) large, and not its logarithm: what is quite "
                "wrong has next to no gradient",
                f"take F.logsigmoid({event.name})",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT615", "sigmoid-without-log", "warning", check, __doc__, needs=(FACTS,))
