"""A loss that is a mean over the batch is divided by the batch's size once more.

## What it sees
In the source of a file that calls a model: a loss of torch's that is told of no other `reduction`
than a mean, divided by `len(x)`, `x.size(0)` or what is called the size of a batch, before a
backward beside which a step stands: each batch has one of both. Or such a loss as a term of a sum,
divided by the number of rows of what it is given; or a function that returns a mean, alone or in a
sum, divided by the number of rows of what the mean is of.

## Why it matters
The gradient is as many times too small as a batch has rows. Under SGD that is the learning rate;
under any optimizer a clipping limit, a decay, an epsilon and every other term of the loss weigh as
many times more, and what was found good for one size of batch is not for another.

## Example
    loss = nn.functional.cross_entropy(model(x), y) / x.size(0)

## Instead
    loss = nn.functional.cross_entropy(model(x), y)

## When it is intended
Where a learning rate was found by trial with this division. A batch that is gone through row by
row, each with a backward of its own, is divided by right: nothing is said.

## Source
github.com/felipecode/coiltraine, issue 37; github.com/xavysp/DexiNed, issue 45;
github.com/tech-srl/code2seq, pull request 9; github.com/pyg-team/pytorch_geometric, issue 7196.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such division."""
    for slip in run.of(SlipSeen):
        if slip.kind == "mean-divided":
            yield RULE.found(
                f"{slip.name} is a mean over the batch already, and is divided by {slip.beside} "
                "once more: gradients are as many times too small",
                'leave the division out, or make the loss a sum: reduction="sum"',
                run.update_at(slip),
                slip.where,
            )
        elif slip.kind == "term-divided":
            yield RULE.found(
                f"{slip.name} is a mean already, and is divided by {slip.beside} once more: it is "
                "as many times too small, and so is its gradient",
                f"divide what is a sum alone: take {slip.name} out of the division",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT581", "mean-divided", "warning", check, __doc__, needs=(FACTS,))
