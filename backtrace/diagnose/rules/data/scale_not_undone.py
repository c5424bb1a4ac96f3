"""A normalisation is undone by something else than its inverse.

## What it sees
In the source of a file that calls a model: two functions or methods, or two modes of one, of which
one undoes the other by its name (`normalize` and `denormalize`, `encode` and `decode`, "norm" and
"denorm"). One way through the first takes a mean away, and divides by a deviation or by nothing;
and each way through the second does something else than to multiply by that deviation and to add
that mean, in this order.

## Why it matters
A model that is trained between the two sees numbers of one size and says numbers of another. It may
learn to make up for that, row by row, where it can tell the size of the data from what it is given:
normalisation was to spare it just that. Where the second is applied after training, all that is
said in the data's own unit is wrong.

## Example
    def normalize(self, x):
        self.mean, self.std = x.mean(1, keepdim=True), x.std(1, keepdim=True)
        return x - self.mean

    def denormalize(self, x):
        return x * self.std + self.mean

## Instead
    def normalize(self, x):
        self.mean, self.std = x.mean(1, keepdim=True), x.std(1, keepdim=True)
        return (x - self.mean) / self.std

## When it is intended
What has no mean to be added, such as a difference or a deviation: call it so,
`denormalize_std(x)`. Nothing is said where a deviation is set to 1, or where one way through the
second is the inverse.

## Source
github.com/WenjieDu/PyPOTS, issue 453; github.com/keras-team/keras, issue 17047;
github.com/dmlc/gluon-cv, pull request 181.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each pair of functions of which the second does not undo the first."""
    for event in run.of(SlipSeen):
        if event.kind == "not-undone":
            done, _, formula = event.name.partition(": ")
            undone, _, other = event.beside.partition(": ")
            yield RULE.found(
                f"{undone} gives {other}, which does not undo what {done} gives: {formula}",
                "let one be the inverse of the other: (x - mean) / std, and x * std + mean",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT560", "scale-not-undone", "warning", check, __doc__, needs=(FACTS,))
