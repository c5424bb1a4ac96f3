"""A loader is gone through and gives no batch: its loop does nothing.

## What it sees
Each pass of a DataLoader ended without a batch.

## Why it matters
What stands in the loop never runs. A training loop trains nothing, an evaluation measures nothing,
and no error says so: `drop_last=True` leaves out the only batch where the data set is smaller than
a batch, and a data set may be empty.

## Example
    loader = DataLoader(data, batch_size=64, drop_last=True)  # of 50 rows

## Instead
    loader = DataLoader(data, batch_size=64)

## When it is intended
Where there may be no data at all, as in a job that looks for new ones.

## Source
torch.utils.data.DataLoader, PyTorch documentation: drop_last, "to drop the last incomplete batch,
if the dataset size is not divisible by the batch size".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loader_facts import LoaderEnded


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loader that never gave a batch, where its first pass ended."""
    passes: dict[str, list[LoaderEnded]] = {}
    for event in run.of(LoaderEnded):
        passes.setdefault(event.loader, []).append(event)
    for loader, ended in passes.items():
        if not any(event.batches for event in ended):
            yield RULE.found(
                f"{loader} was gone through and gave no batch: what stands in its loop never ran",
                "see whether its data set is empty, or drop_last=True leaves out the only batch, "
                "which is smaller than batch_size",
                run.update_at(ended[0]),
                ended[0].where,
                passes=len(ended),
            )


RULE = Rule("BT484", "empty-loader", "warning", check, __doc__, needs=(FACTS,))
