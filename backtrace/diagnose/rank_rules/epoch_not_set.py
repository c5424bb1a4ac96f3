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

from collections.abc import Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.ranks.rank_search import FirstFound, Row
from backtrace.diagnose.rule import Finding


class EpochNotSetSearch(FirstFound):
    """Finds the first rank's first update of a second pass in the epoch of the one before."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, tuple[int, int]] = {}

    def take_apart(self, runs: Sequence[RankRun], row: Row) -> None:
        """Look at these as well."""
        self.take(runs, row)

    def take_left(self, runs: Sequence[RankRun], place: int, update: RankUpdate) -> None:
        """Look at what the first rank did after the end of another."""
        if place == 0:
            self.take(runs, (update,))

    def find(self, runs: Sequence[RankRun], row: Row) -> Finding | None:
        """Return which pass has the epoch of the one before."""
        update = row[0]
        for loader, (iteration, epoch) in update.epochs.items():
            before = self._known.get(loader)
            self._known[loader] = (iteration, epoch)
            if before is not None and before[0] < iteration and before[1] == epoch:
                return RULE.found(
                    f"pass {iteration} through {loader} has the order of the one before: its "
                    f"DistributedSampler is still at epoch {epoch}",
                    "call sampler.set_epoch(epoch) at the beginning of each epoch",
                    update.number,
                    update.forward_at or update.where,
                    optimizer=update.optimizer,
                )
        return None


RULE = make_rule("BT713", "epoch-not-set", "warning", EpochNotSetSearch, __doc__)
