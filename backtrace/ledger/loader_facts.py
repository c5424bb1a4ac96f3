"""Facts about how the iterators of data loaders are gone through."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentIteratorBegun(Fact):
    """An iterator of a DataLoader that had no more batches was gone through again.

    `batches` is how many it had given before it ended.
    """

    loader: str
    batches: int
