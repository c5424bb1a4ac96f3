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

from backtrace.diagnose.ranks.rank_rule import make_rule, rows
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.rule import Judgement

_ENOUGH = 2


def check(runs: Sequence[RankRun]) -> Iterator[Judgement]:
    """Give the buffers that differ after each of the updates, from the first on."""
    wrappers = [wrapper for run in runs for wrapper in run.wrappers]
    if not wrappers or any(wrapper.broadcasts_buffers for wrapper in wrappers):
        return
    parted: set[str] | None = None
    count, first = 0, None
    for row in rows(runs):
        found = [each.replica.buffers for each in row if each.replica is not None]
        if len(found) < len(row):
            continue
        names = {n for n in found[0] if len({each.get(n) for each in found}) > 1}
        parted = names if parted is None else parted & names
        first = first or row[0]
        count += 1
    if not parted or first is None or count < _ENOUGH:
        return
    named = sorted(parted)
    others = f" and {len(named) - 1} more" if len(named) > 1 else ""
    yield RULE.found(
        f"{named[0]}{others} differ from rank to rank in every update, and buffers are not "
        "broadcast",
        "use nn.SyncBatchNorm, or leave broadcast_buffers on",
        first.number,
        first.where,
        tuple(named),
        first.optimizer,
        updates=count,
    )


RULE = make_rule("BT707", "buffers-parted", "warning", check, __doc__)
