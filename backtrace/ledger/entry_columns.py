"""Entries of an event as columns: of very many, an object each is made only where one is read."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView

from backtrace.ledger.events import Entry, Reading

Readings = Sequence[Reading | None]
Line = tuple[str, Reading | None, Reading | None, Reading | None]  # name, before, after, delta


class EntryColumns(Mapping[str, Entry]):
    """What one call did to one account of each tensor; every name is there once.

    It is what a dict of the same entries is, to whoever reads it as one.
    """

    __slots__ = ("_made", "after", "before", "delta", "names")

    def __init__(
        self, names: tuple[str, ...], before: Readings, after: Readings, delta: Readings
    ) -> None:
        self.names, self.before, self.after, self.delta = names, before, after, delta
        self._made: dict[str, Entry] | None = None

    def __getitem__(self, name: str) -> Entry:
        return self._make()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return repr(self._make())

    def values(self) -> ValuesView[Entry]:
        """Return the entries."""
        return self._make().values()

    def items(self) -> ItemsView[str, Entry]:
        """Return the entries with the names of their tensors."""
        return self._make().items()

    def _make(self) -> dict[str, Entry]:
        if self._made is None:
            found = map(Entry, self.before, self.after, self.delta)
            self._made = dict(zip(self.names, found, strict=True))
        return self._made


def lines_of(entries: Mapping[str, Entry]) -> Iterable[Line]:
    """Return of each entry the name, and the readings before, after and of the change."""
    if isinstance(entries, EntryColumns):
        return zip(entries.names, entries.before, entries.after, entries.delta, strict=True)
    return ((name, each.before, each.after, each.delta) for name, each in entries.items())
