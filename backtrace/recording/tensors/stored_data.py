"""The tensors of real numbers that a data set stores, and how often each was written to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from torch import Tensor
from torch.utils.data import Subset

from backtrace.as_data import is_exactly

_MOST = 16  # of a data set that keeps a tensor for each example
_CONTAINERS = (list, tuple)


def count_writes(dataset: object) -> dict[str, int]:
    """Return the version counter of each stored tensor, by its attribute.

    torch counts each operation in place on a tensor, and on any view of it.
    """
    return {name: stored._version for name, stored in stored_values(dataset, _can_be_read)}


def stored_values(
    dataset: object, can_be_read: Callable[[object], bool]
) -> Iterator[tuple[str, Any]]:
    """Give what a data set stores and `can_be_read`, by its attribute, of at most `_MOST`.

    What is looked at are the data set's own attributes and the lists and tuples in them, never a
    property of the user's. Of a torch.utils.data.Subset it is the whole that is looked at.
    """
    return islice(_stored(dataset, can_be_read), _MOST)


def _stored(dataset: object, can_be_read: Callable[[object], bool]) -> Iterator[tuple[str, Any]]:
    while type(dataset) is Subset:
        dataset = dataset.dataset
    try:
        attributes = object.__getattribute__(dataset, "__dict__")
    except AttributeError:
        return
    for name, value in attributes.items() if type(attributes) is dict else ():
        if can_be_read(value):
            yield name, value
        elif is_exactly(value, *_CONTAINERS):
            for place, each in enumerate(value[:_MOST]):
                if can_be_read(each):
                    yield f"{name}[{place}]", each


def _can_be_read(value: object) -> bool:
    """Whether it is data: counts and indices may well be written to as examples are drawn."""
    return (
        type(value) is Tensor
        and not value.is_inference()
        and value.is_floating_point()
        and value.dim() > 0
    )
