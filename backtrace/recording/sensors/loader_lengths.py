"""How many batches a pass through a loader gives, without a question to the data set."""

from __future__ import annotations

from collections.abc import Mapping
from types import GeneratorType
from typing import Any, NamedTuple

from torch.utils.data import BatchSampler, RandomSampler, SequentialSampler

from backtrace.as_data import attributes_of, is_on

_RANGE = type(iter(range(0)))
_UNKNOWN = object()  # of a torch whose samplers are written otherwise


def count_batches(iterator: object) -> int | None:
    """Return the batches of a pass, of which a loader's iterator has given the first.

    The data set's length is what its own `__len__` told torch's sampler when the pass began: it
    stands where that sampler goes on from, and to ask again could run code of the user's. None
    where the samplers are others.
    """
    order = _read_order(iterator)
    if order is None:
        return None
    if order.rows is None:  # all that it has was drawn: by workers ahead, or as the one batch
        return int(attributes_of(iterator).get("_send_idx", 1))
    if type(order.rows) is not int or type(order.size) is not int:
        return None
    return order.rows // order.size if order.is_dropped else -(-order.rows // order.size)


def count_left_out(iterator: object, lengths: Mapping[Any, int | None]) -> int:
    """Return how many rows `drop_last` leaves out of a pass, of which the first batch was given.

    `lengths` holds what samplers that go in order were told, for where workers have drawn all.
    """
    order = _read_order(iterator)
    if order is None or not order.is_dropped:
        return 0
    rows = lengths.get(order.sampler) if order.rows is None else order.rows
    is_known = type(rows) is int and type(order.size) is int
    return rows % order.size if is_known else 0


def length_of_order(order: object) -> int | None:
    """Return how many rows torch's SequentialSampler is about to go through; it gives a range."""
    return _read_stop(order) if type(order) is _RANGE else None


class _OrderLeft(NamedTuple):
    """What is left of the order of a pass: None for `rows` where all of it was drawn."""

    sampler: object
    rows: Any
    size: Any
    is_dropped: bool


def _read_order(iterator: object) -> _OrderLeft | None:
    told = attributes_of(iterator)
    sampler, walk = told.get("_index_sampler"), told.get("_sampler_iter", _UNKNOWN)
    size, is_dropped = 1, False
    if type(sampler) is BatchSampler:
        kept = attributes_of(sampler)
        sampler, size, is_dropped = kept["sampler"], kept["batch_size"], kept["drop_last"]
        walk = _read_local(walk, "sampler_iter")
    if type(sampler) is RandomSampler:
        given = attributes_of(sampler)["_num_samples"]
        rows = _read_local(walk, "n") if given is None else given
    elif type(sampler) is SequentialSampler:
        rows = _read_stop(walk) if type(walk) is _RANGE else walk
    else:
        return None
    return _OrderLeft(sampler, rows, size, is_on(is_dropped))


def _read_local(walk: object, name: str) -> object:
    """Return a variable of a generator that waits to go on; None where it is through."""
    if not isinstance(walk, GeneratorType):
        return None if walk is None else _UNKNOWN
    return None if walk.gi_frame is None else walk.gi_frame.f_locals.get(name, _UNKNOWN)


def _read_stop(walk: Any) -> Any:
    """Return where the range ends that an iterator goes through."""
    return walk.__reduce__()[1][0].stop
