"""Files in no order of their own are paired with labels or masks by their place in a list.

## What it sees
In the source of a file that calls a model, files that `os.listdir`, `os.scandir`, `glob` or
`Path.iterdir` lists and that nothing sorts, taken by the same index as the rows of a table, or as
files of another listing, or put side by side with these, such as by `zip`. What is made of the
files themselves, such as labels that are looked up by their names, has their order.

## Why it matters
The order of a listing is the file system's, and another on another machine, or of another folder.
Where it is not that of the labels, pictures have the labels of others: the loss falls to what
guessing gives, and nothing says why.

## Example
    self.images = os.listdir(folder)
    self.labels = pd.read_csv(table)["label"]

## Instead
    rows = pd.read_csv(table)
    self.images = [os.path.join(folder, name) for name in rows["file"]]
    self.labels = rows["label"]

## When it is intended
Where the table was written in the order of that very listing, on that machine.

## Source
"os.listdir", Python's documentation: the list is in arbitrary order;
github.com/NoahVl/Explaining-In-Style-Reproducibility-Study, issue 9;
github.com/chuanyangjin/fast-DiT, issue 4.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such listing."""
    for slip in run.of(SlipSeen):
        if slip.kind == "listed-apart":
            yield RULE.found(
                f"{slip.name} is in the arbitrary order in which the file system lists files, and "
                f"{slip.beside} has another: what one index takes of both need not be a pair",
                f"sort both by the files' names, or look up each file's own row of {slip.beside}",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT538", "listed-apart", "warning", check, __doc__, needs=(FACTS,))
