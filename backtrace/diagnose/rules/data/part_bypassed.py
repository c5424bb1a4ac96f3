"""Of a split, the whole is taken in place of a part: `part.dataset` has the rows of all parts.

## What it sees
In the source of a file that calls a model: of what `random_split` or `Subset` gave, the `dataset`
becomes data. Either two parts of a split are bypassed in the same form, as arrays, tensors, loaders
or in a loop, or a loader is given the `dataset` of the part that it is called after.

## Why it matters
A part holds the whole data set, and which of its rows are its own. Its `dataset` is that whole: the
model is trained on what is held out, and what is measured there is how well it learned by heart.

## Example
    train, held_out = random_split(data, [800, 200])
    train_loader = DataLoader(train.dataset, shuffle=True)
    held_out_loader = DataLoader(held_out.dataset)

## Instead
    train_loader = DataLoader(train, shuffle=True)
    held_out_loader = DataLoader(held_out)

## When it is intended
What all rows have in common, such as `part.dataset.classes` or its length, is read by right, and so
is a loader of the whole beside that of the part. Files that read a part's `indices`, or give a part
another `dataset`, are left alone.

## Source
github.com/JackieHanLab/TOSICA, pull request 11: both sets are made of all cells.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each split whose parts are not used."""
    for slip in run.of(SlipSeen):
        if slip.kind != "part-bypassed":
            continue
        part = slip.name.removesuffix(".dataset")
        yield RULE.found(
            f"{slip.name} is the whole that was split, and so is {slip.beside}: either has the "
            "rows of both"
            if slip.beside
            else f"{slip.name} is the whole that was split, with the rows of the other parts",
            f"take the rows of {part} itself: it gives those that were drawn for it, and "
            f"{part}.indices says which they are",
            run.update_at(slip),
            slip.where,
        )


RULE = Rule("BT583", "part-bypassed", "warning", check, __doc__, needs=(FACTS,))
