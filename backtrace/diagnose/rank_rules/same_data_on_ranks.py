"""Ranks train on the same batches, where each should have a share of its own.

## What it sees
Under DistributedDataParallel every batch that a rank trained on in its first updates has the same
bits as that of another rank, while batches change from update to update. Or ranks drew batches of
their own at first and draw the same ones since some update: a resume gave them one random state.

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
from backtrace.diagnose.rule import Finding, Judgement

_FEW, _MANY = 2, 10  # updates that are looked at
_AGAIN = 3  # of them, where ranks drew other batches before
FIX = (
    "give the DataLoader a DistributedSampler, or each rank another part of the data; after a "
    "resume, a random state of its own"
)


class SameDataOnRanksSearch(FirstRows):
    """Looks at the first updates, and at those since ranks have drawn alike."""

    most = _MANY

    def __init__(self) -> None:
        super().__init__()
        self._had_own = False  # ranks drew other batches once
        self._since: list[Row] = []  # up to `most` updates since they have drawn the same ones

    def take(self, runs: Sequence[RankRun], row: Row) -> None:
        """Keep an update, if it is one of the first, or of those since ranks draw alike."""
        super().take(runs, row)
        if not all(each.data for each in row):
            return
        if any(each.data == row[0].data for each in row[1:]):
            self._since += [row] if self._had_own and len(self._since) < _MANY else []
        else:
            self._had_own = True
            self._since.clear()

    def judge(self, runs: Sequence[RankRun], looked: Sequence[Row]) -> Iterator[Judgement]:
        """Give the ranks whose batches are those of the first rank in every one of them."""
        if not all(run.wrappers for run in runs):
            return
        data = [[tuple(row[at].data) for row in looked] for at in range(len(runs))]
        alike = [at for at in range(1, len(runs)) if data[at] == data[0]]
        if not alike and len(self._since) >= _AGAIN:
            yield from self._judge_again(runs)
        if not alike or len(looked) < _FEW or not all(data[0]) or len(set(data[0])) < _FEW:
            return
        yield _describe(f"{_names(runs, alike)} train on the same batches", looked)

    def _judge_again(self, runs: Sequence[RankRun]) -> Iterator[Judgement]:
        """Give the ranks that have drawn alike to the end, having drawn otherwise before."""
        rows = self._since
        alike = [
            at for at in range(1, len(runs)) if all(row[at].data == row[0].data for row in rows)
        ]
        if alike and len({tuple(row[0].data) for row in rows}) == len(rows):
            since = rows[0][0].number
            who = _names(runs, alike)
            yield _describe(f"{who} train on the same batches from update {since} on", rows)


def _names(runs: Sequence[RankRun], alike: Sequence[int]) -> str:
    return ranks_text([runs[0].rank, *(runs[at].rank for at in alike)])


def _describe(text: str, rows: Sequence[Row]) -> Finding:
    first = rows[0][0]
    return RULE.found(
        text,
        FIX,
        first.number,
        first.forward_at,
        optimizer=first.optimizer,
        updates_with_the_same_data=len(rows),
    )


RULE = make_rule("BT703", "same-data-on-ranks", "warning", SameDataOnRanksSearch, __doc__)
