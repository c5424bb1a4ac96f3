"""What is written to one part of a data set that was split holds for the other part, too.

## What it sees
In the source of a file that calls a model, parts that `random_split` gave, and an attribute that is
written to the `dataset` of one of them (`val_set.dataset.transform = …`). Both parts have the same
`dataset`.

## Why it matters
The last line wins: with the augmentation of validation turned off, that of training is off as well,
or validation is augmented. Neither fails.

## Example
    train_set, val_set = random_split(full, [0.8, 0.2])
    val_set.dataset.transform = None

## Instead
    train_set, val_set = random_split(full, [0.8, 0.2])
    val_set.dataset = copy.copy(val_set.dataset)
    val_set.dataset.transform = None

## When it is intended
What is written is meant for all parts: write it to the data set before it is split.

## Source
torch.utils.data.random_split and Subset, PyTorch documentation: a Subset holds the whole data set
and the places that it takes.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import DatasetShared


def check(run: Stretch) -> Iterator[Judgement]:
    """Give what is written to one part and holds for another."""
    for event in run.of(DatasetShared):
        yield RULE.found(
            f"{event.name}.dataset is the data set of {event.beside} as well: what is written to "
            f"its {event.attribute} holds for both",
            f"give one its own first: {event.name}.dataset = copy.copy({event.name}.dataset)",
            run.update_at(event),
            event.where,
        )


RULE = Rule("BT449", "shared-dataset", "warning", check, __doc__, needs=(FACTS,))
