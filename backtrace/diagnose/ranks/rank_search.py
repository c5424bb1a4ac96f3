"""How a rule over ranks looks through a run: update by update, and none of them is kept for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.rule import Finding, Judgement

Row = tuple[RankUpdate, ...]  # the updates of one place in all ranks' runs


class RankSearch:
    """What one rule knows of a run so far; a rule overrides what it needs.

    `runs` are the ranks as far as they have been read, which may be past the row.
    """

    def take(self, runs: Sequence[RankRun], row: Row) -> None:
        """Look at an update that all ranks took, and in which they were in step."""

    def take_apart(self, runs: Sequence[RankRun], row: Row) -> None:
        """Look at updates of one place that are not the same one any more."""

    def take_left(self, runs: Sequence[RankRun], place: int, update: RankUpdate) -> None:
        """Look at an update of the rank at a place, which another rank did not come to."""

    def finish(self, runs: Sequence[RankRun]) -> Iterator[Judgement]:
        """Give what was found, when all has been read."""
        return iter(())


class FirstFound(RankSearch):
    """Gives the first finding of a rule that needs one update at a time."""

    def __init__(self) -> None:
        self._found: Finding | None = None

    def find(self, runs: Sequence[RankRun], row: Row) -> Finding | None:
        """Return what is to be said of an update."""
        raise NotImplementedError

    def take(self, runs: Sequence[RankRun], row: Row) -> None:
        """Look at an update, if nothing was found in those before."""
        if self._found is None:
            self._found = self.find(runs, row)

    def finish(self, runs: Sequence[RankRun]) -> Iterator[Judgement]:
        """Give what was found."""
        if self._found is not None:
            yield self._found


class FirstRows(RankSearch):
    """Keeps the first `most` updates for a rule that needs no more."""

    most = 1

    def __init__(self) -> None:
        self._looked: list[Row] = []

    def judge(self, runs: Sequence[RankRun], looked: Sequence[Row]) -> Iterator[Judgement]:
        """Give what is to be said of these updates."""
        raise NotImplementedError

    def take(self, runs: Sequence[RankRun], row: Row) -> None:
        """Keep an update, if it is one of the first."""
        if len(self._looked) < self.most:
            self._looked.append(row)

    def finish(self, runs: Sequence[RankRun]) -> Iterator[Judgement]:
        """Give what they say."""
        return self.judge(runs, self._looked)


def is_same_update(row: Row) -> bool:
    """Whether the ranks took one and the same step, and none left out one that others took."""
    return (
        len({(each.optimizer, each.number) for each in row}) == 1
        and len({each.left_out for each in row}) == 1
    )


def go_through(runs: Sequence[RankRun], searches: Iterable[RankSearch]) -> None:
    """Give the updates that are in memory to searches."""
    searches, is_in_step = list(searches), True
    count = min(len(run.updates) for run in runs)
    for row in zip(*(run.updates for run in runs), strict=False):
        is_in_step = is_in_step and is_same_update(row)
        for search in searches:
            (search.take if is_in_step else search.take_apart)(runs, row)
    for place, run in enumerate(runs):
        for update in run.updates[count:]:
            for search in searches:
                search.take_left(runs, place, update)
