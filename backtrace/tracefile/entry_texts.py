"""The entries of an event as SQLite puts them together: a text a column, not a row a tensor.

A loop's calls are alike. The columns of slots and tensors are the same at each of its updates, and
what a backward left is what the next call finds: of a text that is known nothing is made again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

# The rows of an event are found by the primary key, the one index there is: in order of the lines.
_ENTRIES = (
    "SELECT count(*), group_concat(slot), group_concat(tensor), "
    "group_concat(ifnull(before, '')), group_concat(ifnull(after, '')), "
    "group_concat(ifnull(delta, '')) FROM entries WHERE event = ?"
)
_CALLS = 16  # layouts that are remembered: those of a loop's calls

Ids = tuple[int | None, ...]


class EntryTexts(NamedTuple):
    """The entries of one event: how many, and their columns as numbers with commas between."""

    size: int
    slots: str
    tensors: str
    before: str
    after: str
    delta: str


class EntryRun(NamedTuple):
    """Entries of one slot in a row: which those are, and of which tensors."""

    slot: int
    begin: int
    end: int
    names: tuple[str, ...]
    is_unique: bool  # whether each name is there once


NO_ENTRIES = EntryTexts(0, "", "", "", "", "")


def read_entries(connection: sqlite3.Connection, event: int) -> EntryTexts:
    """Return the entries of an event.

    Raises:
        ValueError: the rows are damaged.
    """
    found = connection.execute(_ENTRIES, (event,)).fetchone()
    if not found[0]:
        return NO_ENTRIES
    if None in found:
        raise ValueError("entries without a slot or a tensor")
    return EntryTexts(*found)


def ids_of(text: str, count: int) -> Ids:
    """Return the ids in a column, None where there is none.

    Raises:
        ValueError: it holds something else, or less.
    """
    rest = text.lstrip(",")  # of a step the gradients, which come first, have no reading before
    empty = len(text) - len(rest)
    if not rest:
        found: Ids = (None,) * (empty + 1)
    elif ",," in rest or rest[-1] == ",":
        found = tuple([int(id) if id else None for id in text.split(",")])
    else:
        found = (*(None,) * empty, *map(int, rest.split(",")))
    if len(found) != count:
        raise ValueError("ids of entries are missing")
    return found


class EntryLayouts:
    """Which entries of an event stand where, remembered by its columns of slots and tensors.

    `name` returns the names of tensors.
    """

    def __init__(self, name: Callable[[Sequence[int]], Sequence[str]]) -> None:
        self._name = name
        self._known: dict[tuple[str, str], tuple[EntryRun, ...]] = {}

    def runs(self, entries: EntryTexts) -> tuple[EntryRun, ...]:
        """Return the runs of slots in the entries of an event, in their order."""
        key = entries.slots, entries.tensors
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _CALLS:
                self._known.clear()
            found = self._known[key] = tuple(self._make(entries)) if entries.size else ()
        return found

    def clear(self) -> None:
        """Let go of all of them."""
        self._known.clear()

    def _make(self, entries: EntryTexts) -> Iterator[EntryRun]:
        slots: tuple[Any, ...] = ids_of(entries.slots, entries.size)
        tensors: tuple[Any, ...] = ids_of(entries.tensors, entries.size)
        names, begin = tuple(self._name(tensors)), 0
        for slot, some in groupby(slots):
            end = begin + len(tuple(some))
            own = names[begin:end]
            yield EntryRun(slot, begin, end, own, len(set(own)) == len(own))
            begin = end
