"""A loader of an evaluation has drop_last=True: rows are left out and never scored.

## What it sees
A DataLoader that is gone through to its end with a model in evaluation mode, is never trained on,
and whose `drop_last` left out one row in a hundred or more. Where it shuffles, only if it is gone
through more than once or a loss is called.

## Why it matters
The score is that of another data set: of fewer rows, and of fewer still with a larger batch. Two
runs with other batch sizes are not scored on the same rows, and where the rows have an order, it
is always their end that is missing. A number for each row has none for these.

## Example
    test_loader = DataLoader(test_set, batch_size=128, drop_last=True)

## Instead
    test_loader = DataLoader(test_set, batch_size=128)

## When it is intended
A loss that compares the rows of a batch with each other, or a state that is kept for so many rows,
needs whole batches: choose a size that divides the data.

## Source
github.com/lss-1138/SparseTSF, issue 3; github.com/kwuking/TimeMixer, issue 100, and three more
that have the same loader.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_SHARE = 0.01  # of the rows: fewer move a score less than chance does


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such loader, at its first pass."""
    if run.census is None:
        return
    for found in run.census.scored:
        rows = found.rows + found.left_out
        is_sure = not found.shuffles or found.passes > 1 or found.losses > 0
        if found.left_out < _SHARE * rows or not is_sure:
            continue
        which = "other ones each time" if found.shuffles else "which are never scored"
        yield RULE.found(
            f"the loader of this evaluation has drop_last=True: it leaves out {found.left_out} of "
            f"{rows} rows, {which}",
            "make the loader of the evaluation without drop_last=True",
            found.update,
            found.where,
            left_out=found.left_out,
            rows=rows,
            share=round(found.left_out / rows, 4),
        )


RULE = Rule("BT537", "rows-unscored", "warning", check, __doc__, needs=(CENSUS,))
