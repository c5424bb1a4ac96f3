"""One item stands in a batch more than once, and each is to be told from the other.

## What it sees
A cross entropy over as many classes as rows, each row's target another one: in all calls looked at,
a fifth of the rows or more score the target of another row just as their own, and that row does the
same with theirs; or targets are scored so by them.

## Why it matters
What belongs together is pushed apart. The softmax cannot tell equal scores from each other: the
loss cannot fall below the logarithm of how often an item is there, and its gradient goes against
what the other pairs say.

## Example
    scores = captions @ images.t() / temperature  # five captions have one image
    loss = F.cross_entropy(scores, torch.arange(len(scores)))

## Instead
    same = ids[:, None] == ids[None, :]
    same.fill_diagonal_(False)
    scores = scores.masked_fill(same, float("-inf"))
    loss = F.cross_entropy(scores, torch.arange(len(scores)))

## When it is intended
Where such rows are few, as in a large batch of a large set, they hardly matter.

## Source
"Batch formation potentially causing false negatives", github.com/fartashf/vsepp, issue 6;
github.com/huggingface/sentence-transformers, issue 3189.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_ENOUGH = 2
_MANY = 0.2  # of the rows


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loss that does so in all calls whose values were looked at."""
    for (where, function), calls in trained_losses(run).items():
        judged = [call for call in calls if call.input_is]
        if len(judged) >= _ENOUGH and all(
            call.tied >= _MANY * call.target_shape[0] for call in judged
        ):
            first = judged[0]
            yield RULE.found(
                f"{function} is to tell {first.tied} of {first.target_shape[0]} rows from others "
                "that have the very same item: the scores of both are equal",
                "leave them out: scores.masked_fill(same, float('-inf')) with same = "
                "ids[:, None] == ids[None, :] but for the diagonal; or put each item into a batch "
                "once",
                run.update_at(first),
                where,
                losses_looked_at=len(judged),
            )


RULE = Rule("BT533", "positive-for-negative", "warning", check, __doc__, needs=(FACTS,))
