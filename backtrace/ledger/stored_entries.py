"""Entries of an event that stay where they are stored, and are read when they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Protocol

from backtrace.ledger.events import Entry, Reading


class Store(Protocol):
    """Where one event's entries are."""

    def names(self) -> Collection[str]:
        """Return the tensors' names, those of all entries."""

    def names_read(self) -> Collection[str]:
        """Return the names of those that have a reading after the call."""

    def some(self, names: Iterable[str]) -> Mapping[str, Any]:
        """Return the entries of a few tensors."""

    def all(self) -> Mapping[str, Any]:
        """Return all entries."""

    def is_unchanged(self) -> bool:
        """Whether the call left every reading as it was."""

    def norms(self) -> Mapping[str, float]:
        """Return the norm after the call of each tensor that has a reading then."""

    def factor(self) -> tuple[float, float] | None:
        """Return the smallest and the largest ratio of the norms after and before the call.

        None where a norm is missing, or was 0.
        """


class StoredEntries(Mapping[str, Any]):
    """A mapping that is read as a whole only where it must be."""

    __slots__ = ("_all", "store")

    def __init__(self, store: Store) -> None:
        self.store = store
        self._all: Mapping[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        if self._all is None:
            self._all = self.store.all()
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.store.names())

    def __len__(self) -> int:
        return len(self.store.names())

    def __contains__(self, name: object) -> bool:
        return name in self.store.names()


def names_read(readings: Mapping[str, Any]) -> Iterable[str]:
    """Return the names of those that have a reading."""
    if isinstance(readings, StoredEntries):
        return readings.store.names_read()
    return [name for name, reading in readings.items() if reading is not None]


def some_of(entries: Mapping[str, Any], names: Iterable[str]) -> Mapping[str, Any]:
    """Return the entries of a few tensors, of those that are there."""
    if isinstance(entries, StoredEntries):
        return entries.store.some(names)
    return {name: entries[name] for name in names if name in entries}


def is_unchanged(entries: Mapping[str, Entry]) -> bool:
    """Whether a call left every reading as it was."""
    if isinstance(entries, StoredEntries):
        return entries.store.is_unchanged()
    return all(entry.before == entry.after for entry in entries.values())


def norms_of(readings: Mapping[str, Reading | None]) -> Mapping[str, float]:
    """Return the norm of each tensor that has a reading."""
    if isinstance(readings, StoredEntries):
        return readings.store.norms()
    return {name: reading.norm for name, reading in readings.items() if reading is not None}


def range_of_factors(entries: Mapping[str, Entry]) -> tuple[float, float] | None:
    """Return between which ratios norms were changed; None where that must be looked up in each."""
    return entries.store.factor() if isinstance(entries, StoredEntries) else None
