"""A DistributedSampler draws every epoch in the order of the first.

## What it sees
A loader whose sampler is a DistributedSampler that shuffles was trained from in a second pass, and
the sampler's epoch was the same as in the first.

## Why it matters
The sampler draws its order from the seed and the epoch. Without `set_epoch` every epoch has the
same batches in the same order, and each rank never sees what the others do.

## Example
    for epoch in range(3):
        for x, y in loader:

## Instead
    for epoch in range(3):
        sampler.set_epoch(epoch)
        for x, y in loader:

## When it is intended
For a run whose passes are to be alike, `DistributedSampler(data, shuffle=False)` says it. Loaders
that are only evaluated on are left alone.

## Source
torch.utils.data.distributed.DistributedSampler, PyTorch documentation: call `set_epoch` at the
beginning of each epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.rule import Judgement


def check(runs: Sequence[RankRun]) -> Iterator[Judgement]:
    """Give the first update of a second pass in the epoch of the one before."""
    known: dict[str, tuple[int, int]] = {}
    for update in runs[0].updates:
        for loader, (iteration, epoch) in update.epochs.items():
            before = known.get(loader)
            known[loader] = (iteration, epoch)
            if before is not None and before[0] < iteration and before[1] == epoch:
                yield RULE.found(
                    f"pass {iteration} through {loader} has the order of the one before: its "
                    f"DistributedSampler is still at epoch {epoch}",
                    "call sampler.set_epoch(epoch) at the beginning of each epoch",
                    update.number,
                    update.forward_at or update.where,
                    optimizer=update.optimizer,
                )
                return


RULE = make_rule("BT713", "epoch-not-set", "warning", check, __doc__)
