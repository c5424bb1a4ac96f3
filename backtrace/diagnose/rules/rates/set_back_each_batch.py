"""A weight that rises with each batch is set back at each batch of an epoch, not once in it.

## What it sees
In the source, two loops of which the inner one gives a name a value made of its own, such as
`weight = min(1, weight + rate)`, and reads it; and in the same inner loop an `if` that asks for a
remainder of the outer loop's number, and for nothing that the inner one changes, and gives the name
a value that does not hang on the batch.

## Why it matters
The question has one answer for a whole epoch. Where it is yes, each batch begins with the first
value, so that the weight stays there till the epoch's end: an annealing that is to begin anew there
does not begin, and the term has no say in that epoch.

## Example
    for epoch in range(epochs):
        for x in loader:
            weight = min(1.0, weight + rate)
            if epoch % cycle == 0:
                weight = start
            loss = error(x) + weight * divergence(x)

## Instead
    for epoch in range(epochs):
        if epoch % cycle == 0:
            weight = start
        for x in loader:
            weight = min(1.0, weight + rate)
            loss = error(x) + weight * divergence(x)

## When it is intended
Where the weight is to stand still for such an epoch; then say so in the line that raises it.

## Source
github.com/valdersoul/bn-vae, issue 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such question."""
    for event in run.of(SlipSeen):
        if event.kind == "set-back":
            yield RULE.found(
                f"{event.name} rises with each batch, and is set back at every batch for which "
                f"{event.beside}: in such an epoch it stays where it begins",
                f"ask it before the loop over the batches, so that {event.name} is set back once",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT604", "set-back-each-batch", "warning", check, __doc__, needs=(FACTS,))
