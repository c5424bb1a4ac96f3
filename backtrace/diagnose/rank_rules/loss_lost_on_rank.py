"""The loss of one rank is not finite, while that of the others is.

## What it sees
The first update in which a backward of some ranks began at a loss that is NaN or infinite, and
that of other ranks did not.

## Why it matters
The all-reduce adds up the gradients of all ranks: one that is NaN makes all of them NaN. From
the next update on every rank's loss is lost, and which one was the first is no longer to be seen.

## Example
    loss = loss_function(model(x), y) / y.sum()

## Instead
    loss = loss_function(model(x), y) / y.sum().clamp(min=1)

## When it is intended
Never, though a GradScaler that skips the step on all ranks may make it harmless.

## Source
"Numerical accuracy", PyTorch documentation; NaN is contagious in every sum.
"""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule, ranks_text
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.ranks.rank_search import FirstFound, Row
from backtrace.diagnose.rule import Finding


class LossLostOnRankSearch(FirstFound):
    """Finds the first update in which some ranks lost their loss, and others did not."""

    def __init__(self) -> None:
        super().__init__()
        self._is_over = False  # all of them lost it

    def take_apart(self, runs: Sequence[RankRun], row: Row) -> None:
        """Look at these as well."""
        self.take(runs, row)

    def find(self, runs: Sequence[RankRun], row: Row) -> Finding | None:
        """Return whose loss is not finite, if that of others is."""
        lost = [at for at, update in enumerate(row) if update.lost is not None]
        self._is_over = self._is_over or len(lost) == len(row)
        if not lost or self._is_over:
            return None
        at = row[lost[0]]
        ranks = ranks_text([runs[n].rank for n in lost])
        return RULE.found(
            f"the loss of {ranks} is not finite in update {at.number}; that of the others is",
            f"look at the batch that {ranks} drew for this update, and at what divides by it",
            at.number,
            at.backward_at,
            optimizer=at.optimizer,
            loss=at.lost if at.lost is not None else "",
        )


RULE = make_rule("BT706", "loss-lost-on-rank", "error", LossLostOnRankSearch, __doc__)
