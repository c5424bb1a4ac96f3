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


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSeen(Fact):
    """A loader of a data set of the user's own class, `type`, is gone through for the first time.

    `item` is the line of the method that gives an item, and `write` the one line there, in a
    transform or in what makes a batch that writes in place to what is stored, '' if there is none.
    """

    loader: str
    type: str
    item: str
    write: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorCopied(Fact):
    """Each of a loader's `workers` gets a copy of the generator `name` that its data set keeps.

    `type` is the generator's class; there is no `worker_init_fn` that could seed it anew.
    """

    loader: str
    workers: int
    name: str
    type: str
