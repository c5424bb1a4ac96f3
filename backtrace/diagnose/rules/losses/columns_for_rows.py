"""Each row's probabilities are read at the classes of all rows, and not at its own.

## What it sees
In the source, `log_p[:, target]` of a softmax over the classes, where `target` comes from a loop
over a loader, or is handed to the function there, and no loader has batches of one row.

## Why it matters
`[:, target]` takes whole columns: of `B` rows and `B` targets it makes `(B, B)`, in which each row
has a column for every target of the batch. The mean of that asks each row for all the classes that
the batch has: the model learns how frequent they are, and nothing of the inputs.

## Example
    loss = -log_p[:, target].mean()

## Instead
    loss = -log_p[torch.arange(len(target)), target].mean()

## When it is intended
Where `target` is a list of classes that are to be taken of all rows; call it that.

## Source
github.com/shivamsaboo17/Overcoming-Catastrophic-forgetting-in-Neural-Networks, issue 2.
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
        if slip.kind == "columns-for-rows":
            yield RULE.found(
                f"{slip.name} takes a column for each of {slip.beside}, in every row: no row meets "
                "its own alone",
                f"index both axes: [torch.arange(len({slip.beside})), {slip.beside}], or use "
                ".gather()",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT441", "columns-for-rows", "warning", check, __doc__, needs=(FACTS,))
