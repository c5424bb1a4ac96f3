"""How many batches a pass through a loader gives, without a question to the data set."""

from __future__ import annotations

from types import GeneratorType
from typing import Any

from torch.utils.data import BatchSampler, RandomSampler, SequentialSampler

from backtrace.as_data import attributes_of

_RANGE = type(iter(range(0)))
_UNKNOWN = object()  # of a torch whose samplers are written otherwise


def count_batches(iterator: object) -> int | None:
    """Return the batches of a pass, of which a loader's iterator has given the first.

    The data set's length is what its own `__len__` told torch's sampler when the pass began: it
    stands where that sampler goes on from, and to ask again could run code of the user's. None
    where the samplers are others.
    """
    told = attributes_of(iterator)
    sampler, walk = told.get("_index_sampler"), told.get("_sampler_iter", _UNKNOWN)
    size, is_dropped = 1, False
    if type(sampler) is BatchSampler:
        kept = attributes_of(sampler)
        sampler, size, is_dropped = kept["sampler"], kept["batch_size"], kept["drop_last"]
        walk = _read_local(walk, "sampler_iter")
    if type(sampler) is RandomSampler:
        given = attributes_of(sampler)["_num_samples"]
        examples = _read_local(walk, "n") if given is None else given
    elif type(sampler) is SequentialSampler:
        examples = _read_stop(walk) if type(walk) is _RANGE else walk
    else:
        return None
    if examples is None:  # all that it has was drawn: by workers ahead, or as the one batch
        return int(told.get("_send_idx", 1))
    if type(examples) is not int or type(size) is not int:
        return None
    return examples // size if is_dropped else -(-examples // size)


def _read_local(walk: object, name: str) -> object:
    """Return a variable of a generator that waits to go on; None where it is through."""
    if not isinstance(walk, GeneratorType):
        return None if walk is None else _UNKNOWN
    return None if walk.gi_frame is None else walk.gi_frame.f_locals.get(name, _UNKNOWN)


def _read_stop(walk: Any) -> object:
    """Return where the range ends that an iterator goes through."""
    return walk.__reduce__()[1][0].stop
