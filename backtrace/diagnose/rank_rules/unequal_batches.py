"""Ranks compute on other numbers of rows, and the mean over ranks counts them alike.

## What it sees
In each of the first updates a rank's losses are means over fewer rows than another's, and the
gradients of all ranks are averaged.

## Why it matters
The mean of means is not the mean: a row on the rank with the small batches weighs more than one
elsewhere. Of 24 and 8 rows, each of the 8 counts three times as much.

## Example
    rows = 24 if rank == 0 else 8
    loss = loss_function(model(x[:rows]), y[:rows])

## Instead
    loss = loss_function(model(x), y, reduction="sum") * world_size / rows_of_all_ranks

## When it is intended
A last batch that is shorter on one rank is left alone, and so is a loss that is a sum, or that was
multiplied by something else than one over the number of micro-batches.

## Source
DistributedDataParallel, PyTorch documentation: gradients are averaged over the ranks, whatever the
batch sizes are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isclose

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.ranks.rank_search import FirstRows, Row
from backtrace.diagnose.rule import Judgement

_FEW, _MANY = 3, 10  # updates that are looked at


class UnequalBatchesSearch(FirstRows):
    """Looks at the first updates."""

    most = _MANY

    def judge(self, runs: Sequence[RankRun], looked: Sequence[Row]) -> Iterator[Judgement]:
        """Give the rank with the fewest rows, if all of them have unequal ones."""
        counts = [[_count_rows(each) for each in row] for row in looked]
        known = [[n for n in row if n is not None] for row in counts]
        if len(looked) < _FEW or any(len(set(row)) < 2 or len(row) < len(runs) for row in known):
            return
        least, most = known[0].index(min(known[0])), known[0].index(max(known[0]))
        at = looked[0][least]
        yield RULE.found(
            f"rank {runs[least].rank} computes on {known[0][least]} rows where rank "
            f"{runs[most].rank} has {known[0][most]}, and the mean over ranks counts both alike",
            "give all ranks batches of one size, or divide summed losses by the rows of all ranks",
            at.number,
            at.backward_at,
            optimizer=at.optimizer,
            rows=known[0][least],
            rows_of_the_other=known[0][most],
        )


def _count_rows(update: RankUpdate) -> int | None:
    """Return how many rows the local gradient is a mean of; None where it is not known to be."""
    items = [each for each in update.items if each is not None]
    factors = [each for each in update.factors if each is not None]
    if not items or len(items) < len(update.items) or len(factors) < len(update.factors):
        return None
    is_mean = isclose(sum(factors), 1.0, rel_tol=1e-3)
    return sum(items) if is_mean and update.reduced else None


RULE = make_rule("BT709", "unequal-batches", "warning", UnequalBatchesSearch, __doc__)
