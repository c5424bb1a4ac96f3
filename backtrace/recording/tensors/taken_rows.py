"""Which rows of a data set a loader takes, where torch's own Subset or sampler says so."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
)

from backtrace.as_data import attributes_of
from backtrace.recording.kernels.row_words import as_words, take_words


class TakenRows(NamedTuple):
    """The indices that a loader takes of a data set, which is known by the object it is."""

    dataset: object
    indices: Tensor


def find_taken_rows(loader: DataLoader[Any]) -> TakenRows | None:
    """Return what a loader takes; None where it takes all, or draws by other samplers."""
    held = attributes_of(loader)
    dataset, sampler = held.get("dataset"), held.get("sampler")
    batches = held.get("batch_sampler")
    if type(batches) is not BatchSampler or attributes_of(batches).get("sampler") is not sampler:
        return None
    indices = None
    if type(sampler) is SubsetRandomSampler:
        indices = as_words(attributes_of(sampler).get("indices"))
        if indices is None:
            return None
    elif not (type(sampler) is SequentialSampler or _is_whole(sampler)):
        return None
    while type(dataset) is Subset:
        inner = as_words(dataset.indices)
        if inner is None or (indices := take_words(inner, indices)) is None:
            return None
        dataset = dataset.dataset
    return TakenRows(dataset, indices) if indices is not None else None


def _is_whole(sampler: object) -> bool:
    """Whether it is torch's that gives each place once."""
    if type(sampler) is not RandomSampler:
        return False
    held = attributes_of(sampler)
    return held.get("_num_samples") is None and held.get("replacement") is False
