"""The two parts of a split do not complement each other: they overlap, or rows are left out.

## What it sees
A loader is gone through without a step, by a model that was trained on another loader, and between
a tenth and 95 % of the rows that it gives are rows of that other one, which has rows of its own as
well. What two loaders take of one data set is known where Subset or SubsetRandomSampler says so;
else the rows themselves are held against each other, in the first three passes of loaders of at
most 65,536 rows, where training gives the same rows in each pass. Rows of whole numbers or of fewer
than four numbers, and those of which as many come twice in one loader, are left out: they may well
be alike by chance. In the source, of a shuffled order a part is held out for the test, and what is
trained on is all of that order, or is cut from the same end of it. Or one order is split at one
size, `a[:n]` and `a[n:]`, and another into `b[:n]` and `b[m:]`, with nothing between.

## Why it matters
What is told for new rows is in part that of rows that were learned: it is better than the truth,
the more so the longer the training, and picks the checkpoint that has learned them by heart.

## Example
    train = Subset(data, torch.randperm(1000)[:800])
    held_out = Subset(data, torch.randperm(1000)[800:])

## Instead
    order = torch.randperm(1000)
    train, held_out = Subset(data, order[:800]), Subset(data, order[800:])

## When it is intended
Where what is measured is to hold rows of both, as in a score of all the data.

## Source
github.com/drorlab/atom3d, issue 45: the same items in two parts; github.com/awslabs/gluonts, issue
1418: a window of the test lies within the training series; github.com/openai/parameter-golf, issue
2127; github.com/wyx11112/GCMAE, issue 3: the edges that are trained on are all there are;
github.com/dmlc/dgl, issue 3586.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loader_facts import RowsShared
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loader whose rows were trained on in part, and each part that is cut wrongly."""
    uncut = [slip for slip in run.of(SlipSeen) if slip.kind == "split-uncut"]
    for slip in uncut:
        yield RULE.found(
            f"{slip.name} is trained on, and has rows of {slip.beside}, which is held out: "
            "the training part was not cut off where the other ends",
            "let each part have the rows that the other has not, as order[n:] beside order[:n]",
            run.update_at(slip),
            slip.where,
        )
    for slip in run.of(SlipSeen):
        if slip.kind == "split-unlike":
            yield RULE.found(
                f"{slip.name} is no rest of {slip.beside}: what is trained on beside it is cut at "
                "one size, and these two parts at two, so that rows are in both or in none",
                f"cut both at one size: {slip.name.partition('[')[0]}[n:] beside {slip.beside}",
                run.update_at(slip),
                slip.where,
            )
    for event in () if uncut else run.of(RowsShared):
        yield RULE.found(
            f"{event.shared} of the {event.rows} rows that {event.loader} gives here were trained "
            f"on: {event.trained} gives them, too",
            "split the rows once, by one order of them, so that no row is in both parts",
            run.update_at(event),
            event.where,
            shared=event.shared,
        )


RULE = Rule("BT546", "split-overlaps", "warning", check, __doc__, needs=(FACTS,))
