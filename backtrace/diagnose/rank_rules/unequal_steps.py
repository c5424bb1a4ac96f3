"""One rank came to its end while another still began updates.

## What it sees
A rank whose script ended well has begun fewer updates than another rank of the run.

## Why it matters
The other rank waits in the all-reduce of an update that the first takes no part in: it hangs
until a timeout, or fails when the first rank's connection is closed, often hours later.

## Example
    data = rows[rank::size]
    for x, y in DataLoader(data, batch_size=32):

## Instead
    sampler = DistributedSampler(rows, drop_last=True)
    for x, y in DataLoader(rows, batch_size=32, sampler=sampler, drop_last=True):

## When it is intended
With uneven data on purpose, `with model.join():` lets a rank that is through stand in for itself.
Ranks that train without one another may take as many steps as they like; turn this rule off there.

## Source
"Distributed Training with Uneven Inputs Using the Join Context Manager", PyTorch tutorials.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.ranks.rank_search import RankSearch
from backtrace.diagnose.rule import Judgement


class UnequalStepsSearch(RankSearch):
    """Looks at how far each rank has come by the end."""

    def finish(self, runs: Sequence[RankRun]) -> Iterator[Judgement]:
        """Give the rank that ended well with the fewest updates, if another began more."""
        done = [run for run in runs if run.ending.is_well]
        if not done or any(run.is_sampled for run in runs):
            return
        least = min(done, key=lambda run: run.begun)
        most = max(runs, key=lambda run: run.begun)
        if any(wrapper.joins for run in runs for wrapper in run.wrappers):
            return
        if least.begun == most.begun or not (least.wrappers and most.wrappers):
            return
        last = least.last or least.left
        yield RULE.found(
            f"rank {least.rank} ended after {least.begun} updates, and rank {most.rank} began "
            f"{most.begun}",
            "give every rank the same number of batches: DistributedSampler, and drop_last=True",
            least.begun,
            last.where,
            optimizer=last.optimizer,
            updates_begun=least.begun,
            by_the_other=most.begun,
        )


RULE = make_rule("BT704", "unequal-steps", "error", UnequalStepsSearch, __doc__)
