"""A rank leaves out a step that the other ranks take.

## What it sees
Between two steps one rank threw away a gradient that it had computed, or its GradScaler skipped,
and another rank, at the same place of the run, stepped.

## Why it matters
The ranks' weights part there, and from then on the all-reduce takes the mean of gradients of other
updates. The rank that skips also takes fewer steps than the others.

## Example
    if loss < limit:
        optimizer.step()

## Instead
    dist.all_reduce(worst := loss.detach().clone(), op=dist.ReduceOp.MAX)
    if worst < limit:
        optimizer.step()

## When it is intended
Ranks that train models of their own may step as they like: it is only judged where gradients are
reduced. A GradScaler over gradients that are reduced already skips on all ranks alike.

## Source
Automatic Mixed Precision examples, PyTorch documentation: `unscale_` looks for infinities in what
`.grad` holds then, which must be what all ranks have.
"""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule, ranks_text
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.ranks.rank_search import FirstFound, Row
from backtrace.diagnose.rule import Finding


class SkippedAloneSearch(FirstFound):
    """Finds the first step that some ranks left out, and others took."""

    def __init__(self) -> None:
        super().__init__()
        self._is_over = False

    def take_apart(self, runs: Sequence[RankRun], row: Row) -> None:
        """Look at these alone: in step, all leave out the same."""
        self.take(runs, row)

    def find(self, runs: Sequence[RankRun], row: Row) -> Finding | None:
        """Return which ranks left out a step, if others took it."""
        counts = [each.left_out for each in row]
        if self._is_over or len(set(counts)) == 1:
            return None
        self._is_over = True
        if not all(each.reduced for each in row):
            return None
        away = [at for at, count in enumerate(counts) if count > min(counts)]
        at, other = row[away[0]], row[counts.index(min(counts))]
        reason = f" ({at.skipped})" if at.skipped else ""
        return RULE.found(
            f"{ranks_text([runs[n].rank for n in away])} left out{reason} the step that "
            f"{ranks_text([runs[n].rank for n in range(len(row)) if n not in away])} took in "
            f"update {other.number}",
            "decide it on all ranks alike, by a number that is reduced over the ranks",
            other.number,
            other.where,
            optimizer=other.optimizer,
            left_out=at.left_out,
        )


RULE = make_rule("BT708", "skipped-alone", "error", SkippedAloneSearch, __doc__)
