"""How many batches a pass through a loader gives, without a question to the data set."""

from __future__ import annotations

from types import GeneratorType
from typing import Any

from torch.utils.data import BatchSampler, RandomSampler, SequentialSampler

from backtrace.as_data import attributes_of

_RANGE = type(iter(range(0)))


def count_batches(iterator: object) -> int | None:
    """Return the batches of a pass, of which a loader's iterator has given the first.

    The data set's length is what its own `__len__` told torch's sampler when the pass began: it
    stands where that sampler goes on from, and to ask again could run code of the user's. None
    where the samplers are others.
    """
    told = attributes_of(iterator)
    sampler, walk, size, is_dropped = told["_index_sampler"], told["_sampler_iter"], 1, False
    if type(sampler) is BatchSampler:
        kept = attributes_of(sampler)
        sampler, size, is_dropped = kept["sampler"], kept["batch_size"], kept["drop_last"]
        walk = _read_local(walk, "sampler_iter")
    if type(sampler) is RandomSampler:
        given = attributes_of(sampler)["_num_samples"]
        examples = _read_local(walk, "n") if given is None else given
    elif type(sampler) is SequentialSampler:
        examples = _end_of(walk) if type(walk) is _RANGE else None
    else:
        return None
    if examples is None:  # all that it has was drawn: by workers ahead, or as the one batch
        return int(told.get("_send_idx", 1))
    if type(examples) is not int or type(size) is not int:
        return None
    return examples // size if is_dropped else -(-examples // size)


def _end_of(walk: object) -> object:
    """Return the end of the range that an iterator goes through."""
    whole: Any = walk.__reduce__()[1]
    return whole[0].stop


def _read_local(walk: object, name: str) -> object:
    """Return a variable of a generator that waits to go on; None where it is through.

    Raises:
        KeyError: this torch's has none of that name.
    """
    frame = walk.gi_frame if isinstance(walk, GeneratorType) else None
    return None if frame is None else frame.f_locals[name]
