"""The updates of one rank without what is its own: what it added before the all-reduce."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import overload

from backtrace.ledger.updates import Update


class SharedUpdates(Sequence[Update]):
    """Updates as all ranks should have them; each is made when it is asked for.

    Ranks have data of their own, so their losses and what their backwards add differ. From the
    all-reduce on nothing does. An update that was not reduced is left as it is.
    """

    def __init__(self, updates: Sequence[Update]) -> None:
        self._updates = updates

    def __len__(self) -> int:
        return len(self._updates)

    @overload
    def __getitem__(self, place: int) -> Update: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Update]: ...

    def __getitem__(self, place: int | slice) -> Update | Sequence[Update]:
        if isinstance(place, slice):
            return SharedUpdates(self._updates[place])
        return _without_own(self._updates[place])

    def __iter__(self) -> Iterator[Update]:
        return map(_without_own, self._updates)


def _without_own(update: Update) -> Update:
    if not any(call.name == "all-reduce" for call in update.calls):
        return update
    rows = {
        name: replace(row, added=(), terms={}, grad_before=None)
        for name, row in update.rows.items()
    }
    return replace(update, rows=rows, loss=None)
