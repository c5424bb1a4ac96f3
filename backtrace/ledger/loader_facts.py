"""Facts about how the iterators of data loaders are gone through."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDrawn(Fact):
    """A DataLoader gave a batch: the `number`-th since its iteration began, of `batches`.

    `iteration` counts how often this loader was gone through from the start. `data` names the
    batch's bits, as far as a few elements of each tensor tell; `scale` is the root of the mean
    square of its first tensor of real numbers. `epoch` is the one by which torch's
    DistributedSampler shuffles, None where there is no such sampler, or it does not shuffle;
    `shuffles` says whether torch's RandomSampler draws the order, `weights` how many torch's
    WeightedRandomSampler was given, where that does. `copies` is how many workers have a copy of
    an IterableDataset each. `size` is how many items the loader takes for a batch, where it says
    so: the last one may have fewer.
    """

    loader: str
    iteration: int
    number: int
    batches: int | None
    rows: int | None
    data: str
    scale: float | None = None
    epoch: int | None = None
    shuffles: bool = False
    weights: int | None = None
    copies: int = 0
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderEnded(Fact):
    """A DataLoader had no more batches: an epoch is over.

    `written` names the tensors of its data set that were written to while it drew the first few;
    `rewritten` NumPy's arrays of which a number was written to in this pass and in one before.
    `left_out` is how many rows were not given because of `drop_last`, 0 where that is not known.
    """

    loader: str
    iteration: int
    batches: int
    written: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsShared(Fact):
    """A pass without steps has ended: `shared` of its `rows` came from `trained` in training.

    `trained` is the loader that was trained on last. It gave other rows as well.
    """

    loader: str
    trained: str
    rows: int
    shared: int


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
