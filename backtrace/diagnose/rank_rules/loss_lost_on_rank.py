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

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule, ranks_text
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.rule import Judgement


def check(runs: Sequence[RankRun]) -> Iterator[Judgement]:
    """Give the first update in which some ranks lost their loss, and others did not."""
    for row in zip(*(run.updates for run in runs), strict=False):
        lost = [at for at, update in enumerate(row) if update.lost is not None]
        if len(lost) == len(row):
            return
        if lost:
            at = row[lost[0]]
            ranks = ranks_text([runs[n].rank for n in lost])
            yield RULE.found(
                f"the loss of {ranks} is not finite in update {at.number}; that of the others is",
                f"look at the batch that {ranks} drew for this update, and at what divides by it",
                at.number,
                at.backward_at,
                optimizer=at.optimizer,
                loss=at.lost if at.lost is not None else "",
            )
            return


RULE = make_rule("BT706", "loss-lost-on-rank", "error", check, __doc__)
