"""Ranks train on the same batches, where each should have a share of its own.

## What it sees
Under DistributedDataParallel every batch that a rank trained on in its first updates has the same
bits as that of another rank, while batches change from update to update.

## Why it matters
The averaged gradient is that of one rank: several processes do the work of one, and an epoch goes
through the same part of the data several times.

## Example
    loader = DataLoader(dataset, batch_size=32, shuffle=True)

## Instead
    sampler = DistributedSampler(dataset)
    loader = DataLoader(dataset, batch_size=32, sampler=sampler)

## When it is intended
Comparing runs on several ranks with a run on one may give all of them the same data. Ranks that
split the model and not the data need the same batch; they have no such wrapper.

## Source
torch.utils.data.distributed.DistributedSampler, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule, ranks_text
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.ranks.rank_search import FirstRows, Row
from backtrace.diagnose.rule import Judgement

_FEW, _MANY = 2, 10  # updates that are looked at


class SameDataOnRanksSearch(FirstRows):
    """Looks at the first updates."""

    most = _MANY

    def judge(self, runs: Sequence[RankRun], looked: Sequence[Row]) -> Iterator[Judgement]:
        """Give the ranks whose batches are those of the first rank in every one of them."""
        if not all(run.wrappers for run in runs):
            return
        data = [[tuple(row[at].data) for row in looked] for at in range(len(runs))]
        if len(looked) < _FEW or not all(data[0]) or len(set(data[0])) < _FEW:
            return
        alike = [at for at in range(1, len(runs)) if data[at] == data[0]]
        if not alike:
            return
        first = looked[0][0]
        yield RULE.found(
            f"{ranks_text([runs[0].rank, *(runs[at].rank for at in alike)])} train on the same "
            "batches",
            "give the DataLoader a DistributedSampler, or each rank another part of the data",
            first.number,
            first.forward_at,
            optimizer=first.optimizer,
            updates_with_the_same_data=len(looked),
        )


RULE = make_rule("BT703", "same-data-on-ranks", "warning", SameDataOnRanksSearch, __doc__)
