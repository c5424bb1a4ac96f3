"""Data loaders: wraps going through them, reads each batch's rows and data, writes BatchDrawn.

Batches are counted, and a pass's end entered as LoaderEnded, also while nothing is read: of one
whose last batch a framework took that asks for no more, when the next pass begins. Where an
iterator is begun again after its end, SpentIteratorBegun is written.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor
from torch.utils.data import (
    DataLoader,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    WeightedRandomSampler,
)
from torch.utils.data.dataloader import _BaseDataLoaderIter, _SingleProcessDataLoaderIter

from backtrace.as_data import attributes_of, class_name, is_made_of
from backtrace.ledger.loader_facts import (
    BatchDrawn,
    DatasetSeen,
    GeneratorCopied,
    LoaderEnded,
    SpentIteratorBegun,
)
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_line_in, stops_at_length
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.fingerprints import count_rows, measure_scale, read_fingerprint
from backtrace.recording.kernels.leaves import leaves_in
from backtrace.recording.sensors.copied_generators import find_copied_generators
from backtrace.recording.sensors.loader_lengths import (
    count_batches,
    count_left_out,
    length_of_order,
)
from backtrace.recording.sensors.passed_steps import PassedSteps
from backtrace.recording.sensors.shared_rows import LoaderWalk, SharedRows
from backtrace.recording.source.lines.dataset_lines import find_item_method, find_item_write
from backtrace.recording.tensors.stored_arrays import StoredArrays
from backtrace.recording.tensors.stored_data import count_writes
from backtrace.recording.weak_keys import weak_keys

_LOOKS = 3  # batches of each pass, before and after which stored tensors are looked at
_PASSES, _DRAWS = 3, 1000  # passes, and draws of each, looked at for what they write to arrays


@dataclass
class _Pass:
    """One pass through a loader."""

    loader: str
    iteration: int
    epoch: int | None
    shuffles: bool
    arrays: StoredArrays
    weights: int | None
    copies: int = 0
    size: int | None = None
    walk: LoaderWalk | None = None
    batches: int | None = None
    left_out: int = 0
    number: int = 0
    has_ended: bool = False
    written: dict[str, None] = field(default_factory=dict)

    @property
    def is_early(self) -> bool:
        """Whether its draws are looked at for what they write to arrays."""
        return self.iteration <= _PASSES and self.number <= _DRAWS


class LoaderSensor:
    """Counts what loaders give."""

    def __init__(
        self, instrument: Instrument, accounts: TensorAccounts, passed: PassedSteps
    ) -> None:
        self._patches = instrument.patches
        self._boundary = instrument.boundary
        self._kernel = accounts.kernel
        self._journal = accounts.journal
        self._loaders: MutableMapping[DataLoader[Any], tuple[str, int]] = weak_keys()
        self._passes: MutableMapping[object, _Pass] = weak_keys()
        self._spent: MutableMapping[object, _Pass] = weak_keys()
        self._arrays: MutableMapping[DataLoader[Any], StoredArrays] = weak_keys()
        self._lengths: MutableMapping[object, int | None] = weak_keys()
        self._met = 0
        self._left: list[_Pass] = []  # of which a framework took all, and will ask for no more
        self._rows = SharedRows(accounts, passed)

    def install(self) -> None:
        """Wrap iterating."""
        wrap = self._patches.wrap
        wrap(DataLoader, "__iter__", self._around_iter, while_paused=True)
        wrap(_BaseDataLoaderIter, "__next__", self._around_next, while_paused=True)
        wrap(_BaseDataLoaderIter, "__iter__", self._around_iter_again, while_paused=True)
        wrap(SequentialSampler, "__iter__", self._around_order, while_paused=True)

    @skip_in_warning_stacklevel
    def _around_iter(self, original: Original, loader: DataLoader[Any]) -> Any:
        iterator = original(loader)
        self._boundary.notify("data loaders", self._began, loader, iterator)
        return iterator

    @skip_in_warning_stacklevel
    def _around_next(self, original: Original, iterator: object) -> Any:
        writes: dict[str, int] = {}
        self._boundary.notify("data loaders", self._asked, iterator, writes)
        try:
            batch = original(iterator)
        except StopIteration:
            self._boundary.notify("data loaders", self._ended, iterator)
            raise
        self._boundary.notify("data loaders", self._drawn, iterator, batch, writes)
        return batch

    @skip_in_warning_stacklevel
    def _around_iter_again(self, original: Original, iterator: object) -> Any:
        self._boundary.notify("data loaders", self._begun_again, iterator)
        return original(iterator)

    @skip_in_warning_stacklevel
    def _around_order(self, original: Original, sampler: object) -> Any:
        order = original(sampler)
        self._boundary.notify("data loaders", self._ordered, sampler, order)
        return order

    def _ordered(self, sampler: object, order: object) -> None:
        """Rows are to be gone through in order: workers may draw all before the first batch."""
        self._lengths[sampler] = length_of_order(order)

    def _begun_again(self, iterator: object) -> None:
        """An iterator is gone through itself; one that has ended has nothing more to give."""
        found = self._spent.get(iterator)
        if found is not None:
            self._journal.write(SpentIteratorBegun, loader=found.loader, batches=found.number)

    def _began(self, loader: DataLoader[Any], iterator: object) -> None:
        """`loader` is gone through from the start."""
        while self._left:
            self._end(self._left.pop(0))
        name, iteration = self._loaders.get(loader, (f"loader[{self._met}]", 0))
        self._met += iteration == 0
        self._loaders[loader] = (name, iteration + 1)
        if iteration == 0:
            self._write_dataset(name, attributes_of(loader))
        for held, kind in find_copied_generators(loader) if iteration == 0 else ():
            self._journal.write(
                GeneratorCopied,
                loader=name,
                workers=attributes_of(loader)["num_workers"],
                name=held,
                type=kind,
            )
        self._spent.pop(iterator, None)  # one with workers that persist is begun anew
        shuffles = type(attributes_of(loader).get("sampler")) is RandomSampler
        arrays = self._arrays.setdefault(loader, StoredArrays())
        epoch, weights = _find_epoch(loader), _count_weights(loader)
        copies, size = _count_copies(loader), attributes_of(loader).get("batch_size")
        self._passes[iterator] = _Pass(
            name, iteration + 1, epoch, shuffles, arrays, weights, copies, size
        )
        self._passes[iterator].walk = self._rows.began(loader, name, iteration + 1)

    def _write_dataset(self, loader: str, told: Mapping[str, Any]) -> None:
        """Tell where a data set of the user's gives its items, and writes to what it stores."""
        dataset = told.get("dataset")
        item = find_item_method(dataset)
        write = find_item_write(dataset, told.get("collate_fn"))
        if item is not None or write is not None:
            self._journal.write(
                DatasetSeen,
                loader=loader,
                type=class_name(type(dataset)),
                item=find_line_in([item]) if item is not None else "",
                write=find_line_in([write]) if write is not None else "",
            )

    def _asked(self, iterator: object, writes: dict[str, int]) -> None:
        """It is about to draw a batch: of the first few it is seen what they write to."""
        found = self._passes.get(iterator)
        if found is not None and found.number < _LOOKS:
            writes.update(count_writes(_dataset_of(iterator)))
        if found is not None and found.is_early:
            found.arrays.ask(_dataset_of(iterator))

    def _drawn(self, iterator: object, batch: object, writes: dict[str, int]) -> None:
        """It gave a batch; where that is not to be read, it is only counted."""
        found = self._passes.get(iterator)
        if found is None:
            return  # it was begun before recording was
        found.number += 1
        if found.number == 1:
            found.batches = count_batches(iterator)
            found.left_out = count_left_out(iterator, self._lengths)
        if writes:
            now = count_writes(_dataset_of(iterator))
            found.written.update(
                (name, None) for name in now if now[name] > writes.get(name, now[name])
            )
        if found.is_early:
            found.arrays.drawn(_dataset_of(iterator))
        leaves = leaves_in(batch) if found.walk is not None or self._boundary.is_reading else ()
        if found.walk is not None:
            self._rows.drawn(found.walk, leaves)
        if found.number == found.batches and stops_at_length():
            self._left.append(found)
        if self._boundary.is_reading:
            read = read_fingerprint(leaves, self._kernel)
            self._journal.write_read(
                BatchDrawn,
                lambda: {"data": read()},
                loader=found.loader,
                iteration=found.iteration,
                number=found.number,
                batches=found.batches,
                rows=count_rows(leaves),
                scale=measure_scale(leaves),
                epoch=found.epoch,
                shuffles=found.shuffles,
                weights=found.weights,
                copies=found.copies,
                size=found.size,
            )

    def _ended(self, iterator: object) -> None:
        """It had no more."""
        found = self._passes.pop(iterator, None)
        if found is not None:
            self._spent[iterator] = found
            self._end(found)

    def _end(self, found: _Pass) -> None:
        """A pass is over: it had no more, or nobody asks for more."""
        if found.has_ended:
            return
        found.has_ended = True
        if found.walk is not None:
            self._rows.ended(found.walk)
        self._journal.write(
            LoaderEnded,
            loader=found.loader,
            iteration=found.iteration,
            batches=found.number,
            written=tuple(found.written),
            rewritten=tuple(found.arrays.end()),
            left_out=found.left_out,
        )


def _count_weights(loader: DataLoader[Any]) -> int | None:
    """Return how many weights torch's sampler draws by, None where it is another one."""
    sampler = attributes_of(loader).get("sampler")
    if type(sampler) is not WeightedRandomSampler:
        return None
    weights = attributes_of(sampler).get("weights")
    return weights.numel() if type(weights) is Tensor else None


def _count_copies(loader: DataLoader[Any]) -> int:
    """Return how many workers have a copy of an IterableDataset, which torch does not divide."""
    held = attributes_of(loader)
    is_stream = is_made_of(type(held.get("dataset")), IterableDataset)
    return held.get("num_workers", 0) if is_stream else 0


def _dataset_of(iterator: object) -> object:
    """Return the data set that is drawn from; workers draw from copies of their own."""
    return iterator._dataset if isinstance(iterator, _SingleProcessDataLoaderIter) else None


def _find_epoch(loader: DataLoader[Any]) -> int | None:
    """Return the epoch that the order is drawn by, where torch's sampler for ranks draws it."""
    sampler = attributes_of(loader).get("sampler")
    if type(sampler) is not DistributedSampler:  # others are not even asked for their class
        return None
    return sampler.epoch if sampler.shuffle and isinstance(sampler.epoch, int) else None
