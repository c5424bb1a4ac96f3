"""A score compares each prediction with the targets of all rows, and not with its own alone.

## What it sees
In the source, `predicted == y` in a loop over batches of `x` and `y`, where `predicted` is what a
model gave for `x`, rounded or held against a threshold, while a loss of the same model has to make
the shapes alike: `criterion(model(x), y.unsqueeze(1))`, `criterion(model(x).squeeze(1), y)`, or the
like with `[:, None]` or `[:, 0]`.

## Why it matters
A column of shape `(B, 1)` and a row of shape `(B,)` are broadcast to `(B, B)`: each prediction is
compared with every target. The accuracy says nothing of the model: its mean tells how often the two
have the same class by chance, and its sum over the number of rows is above 1.

## Example
    loss = criterion(model(x), y.unsqueeze(1))
    correct += (model(x).sigmoid().round() == y).sum()

## Instead
    correct += (model(x).sigmoid().round() == y.unsqueeze(1)).sum()

## When it is intended
Hardly ever, with one's own targets.

## Source
github.com/orobix/Prototypical-Networks-for-Few-shot-Learning-PyTorch, issue 23; broadcasting
semantics, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each of them."""
    for slip in run.of(SlipSeen):
        if slip.kind == "pairs-compared":
            yield RULE.found(
                f"{slip.name} compares a column with a row, each prediction with every target: "
                f"{slip.beside} says of what shapes they are",
                "make the shapes alike, as for the loss: .unsqueeze(1) or .squeeze(1)",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT498", "score-of-all-pairs", "warning", check, __doc__, needs=(FACTS,))
