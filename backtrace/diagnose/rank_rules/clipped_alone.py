"""Some ranks clip their gradients before a step, and others do not.

## What it sees
In one update a clipping call was made on some ranks and on others none.

## Why it matters
The gradients were the same on all ranks, and after it they are not: the replicas part. A clipping
that depends on a rank's own loss or norm does this now and then, which is hard to find later.

## Example
    if rank == 0:
        clip_grad_norm_(model.parameters(), 1.0)

## Instead
    clip_grad_norm_(model.parameters(), 1.0)

## When it is intended
Ranks that hold different parts of a model may clip different parts. Turn this rule off there.

## Source
torch.nn.utils.clip_grad_norm_, PyTorch documentation: it changes `.grad` of this process alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule, ranks_text
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.ranks.rank_search import FirstFound, Row
from backtrace.diagnose.rule import Finding


class ClippedAloneSearch(FirstFound):
    """Finds the first update in which only some ranks clipped."""

    def find(self, runs: Sequence[RankRun], row: Row) -> Finding | None:
        """Return which ranks clipped and which did not, if not all did the same."""
        clipped = [at for at, update in enumerate(row) if update.clips]
        if not clipped or len(clipped) == len(row):
            return None
        at = row[clipped[0]]
        rest = [runs[n].rank for n in range(len(row)) if n not in clipped]
        return RULE.found(
            f"{ranks_text([runs[n].rank for n in clipped])} clipped gradients in update "
            f"{at.number}, and {ranks_text(rest)} did not",
            "clip on every rank: after the all-reduce the gradients are the same everywhere",
            at.number,
            at.clips[0],
            optimizer=at.optimizer,
        )


RULE = make_rule("BT705", "clipped-alone", "error", ClippedAloneSearch, __doc__)
