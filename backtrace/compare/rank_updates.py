"""The updates of all ranks of a run as those of one process that had all their rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import overload

from backtrace.compare.joined_readings import average, join_parts
from backtrace.ledger.events import Reading
from backtrace.ledger.rank_facts import ShardSeen
from backtrace.ledger.updates import Row, Update

_WRAPPERS = ("module", "_orig_mod", "_fsdp_wrapped_module")  # what wrappers put into a name
_SHARD = re.compile(r"(?:_Strided)?Shard\((?:dim=)?(\d+)")
Shards = Mapping[str, ShardSeen]
_Pick = Callable[[Row], "Reading | None"]


class RankUpdates(Sequence[Update]):
    """Updates joined over ranks; each is made when it is asked for.

    The loss is the mean of the ranks' losses, and what a backward added the mean of what theirs
    did. What ranks have alike is that of the first; a shard becomes the whole. Names are without
    what wrappers put into them. Of one process, that is all there is to do.
    """

    def __init__(self, ranks: Sequence[Sequence[Update]], shards: Shards | None = None) -> None:
        self._ranks = ranks
        self._shards = shards or {}

    def __len__(self) -> int:
        return min(map(len, self._ranks))

    @overload
    def __getitem__(self, place: int) -> Update: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Update]: ...

    def __getitem__(self, place: int | slice) -> Update | Sequence[Update]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return self._join([each[place] for each in self._ranks])

    def __iter__(self) -> Iterator[Update]:
        return (self._join(row) for row in zip(*self._ranks, strict=False))

    def _join(self, row: Sequence[Update]) -> Update:
        first = row[0]
        losses = [each.loss for each in row if each.loss is not None]
        loss = sum(losses) / len(losses) if len(losses) == len(row) else None
        names = strip_wrappers([name for name, row in first.rows.items() if row.kind != "input"])
        rows = {
            new: replace(joined, name=new)
            for old, new in names.items()
            if (joined := self._join_rows([each.rows.get(old) for each in row])) is not None
        }
        return replace(first, loss=loss, rows=rows)

    def _join_rows(self, rows: Sequence[Row | None]) -> Row | None:
        there = [each for each in rows if each is not None]
        first = there[0]
        shard = self._shards.get(first.name)
        if shard is not None:
            return _join_shards(there, shard) if len(there) == len(rows) else None
        if len(rows) == 1:
            return first
        count = min(len(each.added) for each in there)
        added = tuple(average([each.added[at] for each in there]) for at in range(count))
        return replace(first, added=added)


def _join_shards(rows: Sequence[Row], shard: ShardSeen) -> Row:
    """Return a row of the whole tensor; its `added` is what the reductions brought."""
    found = _SHARD.search(shard.placements)
    axis = int(found[1]) if found else -1

    def join(pick: _Pick) -> Reading | None:
        return join_parts([pick(row) for row in rows], shard.shape, axis)

    def join_added(at: int) -> Reading | None:
        return join(lambda row: row.added[at])

    return replace(
        rows[0],
        shape=shard.shape,
        value_before=join(lambda row: row.value_before),
        grad_before=join(lambda row: row.grad_before),
        added=tuple(join_added(at) for at in range(min(len(row.added) for row in rows))),
        grad_after=join(lambda row: row.grad_after),
        value_after=join(lambda row: row.value_after),
    )


def strip_wrappers(names: Sequence[str]) -> dict[str, str]:
    """Return for each name the one that it has without wrappers; as it is where two would meet."""
    bare = {
        name: ".".join(part for part in name.split(".") if part not in _WRAPPERS) or name
        for name in names
    }
    return bare if len(set(bare.values())) == len(bare) else {name: name for name in names}
