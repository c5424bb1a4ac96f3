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

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule, ranks_text, rows
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.rule import Judgement


def check(runs: Sequence[RankRun]) -> Iterator[Judgement]:
    """Give the first update in which only some ranks clipped."""
    for row in rows(runs):
        clipped = [at for at, update in enumerate(row) if update.clips]
        if clipped and len(clipped) < len(row):
            at = row[clipped[0]]
            rest = [runs[n].rank for n in range(len(row)) if n not in clipped]
            yield RULE.found(
                f"{ranks_text([runs[n].rank for n in clipped])} clipped gradients in update "
                f"{at.number}, and {ranks_text(rest)} did not",
                "clip on every rank: after the all-reduce the gradients are the same everywhere",
                at.number,
                at.clips[0],
                optimizer=at.optimizer,
            )
            return


RULE = make_rule("BT705", "clipped-alone", "error", check, __doc__)
