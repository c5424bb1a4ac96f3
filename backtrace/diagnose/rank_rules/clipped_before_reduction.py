"""Gradients are clipped on each rank before they are reduced over the ranks.

## What it sees
In every update a call that clips gradients comes before the all-reduce that makes them the same on
all ranks, and none comes after it.

## Why it matters
The norm that is held against the limit is that of one rank's own share of the data, which is
larger and noisier than that of the mean. Ranks are scaled by other factors, so the mean is biased
towards those with small gradients, and is not what the same clipping gives on one process.

## Example
    loss.backward()
    clip_grad_norm_(model.parameters(), 1.0)
    for p in model.parameters():
        dist.all_reduce(p.grad)

## Instead
    loss.backward()
    for p in model.parameters():
        dist.all_reduce(p.grad)
    clip_grad_norm_(model.parameters(), 1.0)

## When it is intended
Private training clips what single workers send, on purpose. Turn this rule off there.

## Source
"Gradient clipping", Automatic Mixed Precision examples, PyTorch documentation; the order in
Megatron-LM's optimizer: reduce, then clip by the norm over all ranks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.ranks.rank_search import FirstRows, Row
from backtrace.diagnose.rule import Judgement

_FEW = 2


class ClippedBeforeReductionSearch(FirstRows):
    """Looks at the first updates."""

    most = _FEW

    def judge(self, runs: Sequence[RankRun], looked: Sequence[Row]) -> Iterator[Judgement]:
        """Give the first of them, if all ranks clip before the reduction in each."""
        if len(looked) < _FEW:
            return
        for row in looked:
            if any(not each.clipped_early or each.clips[-1] != each.clipped_early for each in row):
                return
        at = looked[0][0]
        yield RULE.found(
            "gradients are clipped before they are reduced: the norm is that of each rank's own",
            "clip after the all-reduce, when the gradients are the same on all ranks",
            at.number,
            at.clipped_early,
            optimizer=at.optimizer,
            updates=len(looked),
        )


RULE = make_rule(
    "BT711", "clipped-before-reduction", "warning", ClippedBeforeReductionSearch, __doc__
)
