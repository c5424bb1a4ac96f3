"""NumPy's arrays that a data set stores: which are written over as their examples are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from backtrace.recording.tensors.stored_data import stored_values

_SAMPLE = 512  # numbers of each array that are looked at, spread over it
_Array = np.ndarray[Any, np.dtype[np.unsignedinteger[Any]]]  # the bits of numbers
_Mask = np.ndarray[Any, np.dtype[np.bool_]]


class StoredArrays:
    """A few numbers of each stored array, and which of them drawing a batch has changed.

    An array has no count of what wrote to it, as a tensor has. A number that an earlier pass has
    changed, too, is not one that is stored as it is drawn for the first time.
    """

    def __init__(self) -> None:
        self._before: dict[str, _Array] = {}
        self._changed: dict[str, _Mask] = {}
        self._earlier: dict[str, _Mask] = {}

    def ask(self, dataset: object) -> None:
        """A batch is about to be drawn."""
        self._before = dict(_samples(dataset))

    def drawn(self, dataset: object) -> None:
        """It was drawn."""
        for name, now in _samples(dataset):
            before = self._before.get(name)
            if before is not None and before.shape == now.shape and before.dtype == now.dtype:
                self._changed[name] = _join(self._changed.get(name), before != now)
        self._before = {}

    def end(self) -> list[str]:
        """Return the names of those that had numbers changed in this pass which were before."""
        found = []
        for name, changed in self._changed.items():
            earlier = self._earlier.get(name)
            if earlier is not None and earlier.shape == changed.shape:
                found += [name] if np.flatnonzero(earlier & changed).size else []
            self._earlier[name] = _join(earlier, changed)
        self._changed = {}
        return found


def _join(known: _Mask | None, more: _Mask) -> _Mask:
    return more if known is None or known.shape != more.shape else known | more


def _samples(dataset: object) -> Iterator[tuple[str, _Array]]:
    for name, array in stored_values(dataset, _can_be_read):
        places = np.linspace(0, array.size - 1, min(_SAMPLE, array.size)).astype(np.int64)
        yield name, array.flat[places].view(f"u{array.itemsize}")


def _can_be_read(value: object) -> bool:
    """Whether it holds examples of real numbers in memory: a column may be of counts or weights.

    A class of one's own, or of what is in a file, is left alone.
    """
    return (
        type(value) is np.ndarray and value.dtype.kind == "f" and value.ndim > 1 and value.size > 0
    )
