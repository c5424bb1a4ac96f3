"""Running statistics are not the same on all ranks, and nothing brings them together.

## What it sees
A buffer of a wrapped model has other bits on some ranks after every update that all of them took,
and the wrapper was told not to broadcast buffers.

## Why it matters
Batch norm's running mean and variance are what evaluation uses. Each rank has those of its own
share of the data: the ranks evaluate different models, and the checkpoint keeps one rank's.

## Example
    model = DistributedDataParallel(model, broadcast_buffers=False)

## Instead
    model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    model = DistributedDataParallel(model)

## When it is intended
Buffers that are a rank's own, such as a counter of its rows, part by design. With
`broadcast_buffers` rank 0's take the place of the others' before each forward: that is left alone.

## Source
DistributedDataParallel, PyTorch documentation, `broadcast_buffers`; torch.nn.SyncBatchNorm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.ranks.rank_search import RankSearch, Row
from backtrace.diagnose.rule import Judgement

_ENOUGH = 2


class BuffersPartedSearch(RankSearch):
    """Looks for buffers that differ after each of the updates, from the first on."""

    def __init__(self) -> None:
        self._parted: set[str] | None = None
        self._count = 0
        self._first = RankUpdate()

    def take(self, runs: Sequence[RankRun], row: Row) -> None:
        """Keep the names of those that differ this time, too."""
        found = [each.replica.buffers for each in row if each.replica is not None]
        if len(found) < len(row) or self._parted == set():
            return
        others = [each for each in found if not each.is_same(found[0])]
        candidates = found[0] if self._parted is None else self._parted
        self._parted = {
            name
            for name in candidates
            if any(each.get(name) != found[0].get(name) for each in others)
        }
        self._first = self._first if self._count else row[0]
        self._count += 1

    def finish(self, runs: Sequence[RankRun]) -> Iterator[Judgement]:
        """Give them, where a wrapper was told to leave them as they are."""
        wrappers = [wrapper for run in runs for wrapper in run.wrappers]
        if not wrappers or any(wrapper.broadcasts_buffers for wrapper in wrappers):
            return
        if not self._parted or self._count < _ENOUGH:
            return
        named = sorted(self._parted)
        others = f" and {len(named) - 1} more" if len(named) > 1 else ""
        yield RULE.found(
            f"{named[0]}{others} differ from rank to rank in every update, and buffers are not "
            "broadcast",
            "use nn.SyncBatchNorm, or leave broadcast_buffers on",
            self._first.number,
            self._first.where,
            tuple(named),
            self._first.optimizer,
            updates=self._count,
        )


RULE = make_rule("BT707", "buffers-parted", "warning", BuffersPartedSearch, __doc__)
