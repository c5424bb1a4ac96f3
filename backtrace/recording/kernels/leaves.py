"""The tensors and plain values in what a call was given or gave, past all containers."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Sequence
from itertools import islice
from typing import Any

from torch import Tensor

from backtrace.as_data import is_made_of

MOST = 16  # items of a list or tuple
_DEPTH = 4  # of containers in containers

Leaves = Sequence[Any]


def leaves_in(data: object) -> Leaves:
    """Return the tensors and plain values in `data`, in order.

    A container of the user's own is not opened: going through it may compute, or draw random
    numbers. What `dict`, `list` and `tuple` themselves hold is read past what a class makes of it.
    """
    found: list[Any] = []
    _collect(data, _DEPTH, found)
    return found


def _collect(data: object, depth: int, found: list[Any]) -> None:
    # Not `isinstance`, which asks an object of the user's for its class, nor looked up in a set,
    # which asks that for its hash.
    kind = type(data)
    if issubclass(kind, Tensor) or kind is int or kind is float or kind is str:
        found.append(data)
    elif depth and issubclass(kind, dict):
        values: list[object] = list(dict.values(data))  # type: ignore[arg-type]
        for value in values:
            _collect(value, depth - 1, found)
    elif depth and issubclass(kind, list | tuple):
        items = list.__iter__ if issubclass(kind, list) else tuple.__iter__
        for value in islice(items(data), MOST):  # type: ignore[arg-type]
            _collect(value, depth - 1, found)
    elif depth and is_made_of(kind, UserDict):  # as the batches of tokenizers are
        _collect(object.__getattribute__(data, "__dict__").get("data"), depth - 1, found)


def has_unopened(data: object, depth: int = _DEPTH) -> bool:
    """Whether `data` holds a thing that `leaves_in` passes over, but for None and truth values."""
    kind = type(data)
    within: list[object] = []
    if depth and issubclass(kind, dict):
        within.extend(dict.values(data))  # type: ignore[arg-type]
    elif depth and issubclass(kind, list | tuple):
        within.extend((list if issubclass(kind, list) else tuple).__iter__(data))  # type: ignore[arg-type]
    else:
        is_plain = data is None or kind is bool or kind is int or kind is float or kind is str
        return not (is_plain or issubclass(kind, Tensor) or is_made_of(kind, UserDict))
    return any(has_unopened(each, depth - 1) for each in within)
