"""Whether replicas have parted, while the ranks still run: rank 0 looks into the others' files.

No rank is asked for anything or waited for. A look takes a fiftieth of the time at most; ranks
that are behind, gone or on other machines only keep this from being told before the end.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from backtrace.diagnose.rank_rules.replicas_parted import PartingSearch
from backtrace.diagnose.ranks.rank_reader import RankReader
from backtrace.diagnose.ranks.rank_rule import rows
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.rule import Finding
from backtrace.driver.rank_files import RankFiles
from backtrace.errors import TraceFileError
from backtrace.ledger.events import Event, StepTaken
from backtrace.tracefile.brief_follower import BriefFollower
from backtrace.tracefile.connect import has_log

_SHARE = 49  # parts of the time that are left to the training, for one of a look
_LEAST = 0.05  # seconds between two looks
_MOST_RANKS = 7  # that are followed: of more, the first ones
_MOST_NAMES = 100_000  # digests of updates that others have not finished


class LiveRanks:
    """Holds this rank's updates against those that the others have written down."""

    def __init__(self, files: RankFiles) -> None:
        self._files = files
        self._reader = RankReader(files.rank.number)
        self._search = PartingSearch()
        self._others: dict[int, tuple[BriefFollower, RankReader]] = {}
        self._next = 0.0
        self._is_over = False

    def take(self, event: Event) -> Finding | None:
        """Enter an event of this rank; return that replicas have parted, once."""
        if self._is_over:
            return None
        self._reader.take(event)
        if not isinstance(event, StepTaken) or time.monotonic() < self._next:
            return None
        start = time.monotonic()
        try:
            found = self._look()
        except TraceFileError:  # the end will say what it comes to
            self._is_over, found = True, None
        end = time.monotonic()
        self._next = end + max(_LEAST, _SHARE * (end - start))
        if found is not None or self._is_over:
            self._is_over = True
            self._others.clear()
        return found

    def _look(self) -> Finding | None:
        wanted = self._files.others()[:_MOST_RANKS]
        for rank in wanted:
            path = self._files.of(rank)
            if rank not in self._others and has_log(path) and self._files.state(rank) != "missing":
                self._others[rank] = BriefFollower(path), RankReader(rank)
        for follower, reader in self._others.values():
            for event in follower.read():
                reader.take(event)
        runs = [self._reader.run, *(reader.run for _, reader in self._others.values())]
        found = None
        if len(self._others) == len(wanted) and not self._search.has_hook(runs):
            found = self._hold(sorted(runs, key=lambda run: run.rank))
        held = sum(_count_names(run) for run in runs)
        self._is_over = self._is_over or held > _MOST_NAMES
        return found

    def _hold(self, runs: Sequence[RankRun]) -> Finding | None:
        """Look through the updates that all have finished by now, and let go of them."""
        count = 0
        for row in rows(runs):
            count += 1
            reduced = self._reader.run.updates[count - 1].reduced  # no file was asked for it
            found = self._search.take(runs, [replace(each, reduced=reduced) for each in row])
            if found is not None:
                return found
        self._is_over = count < min(len(run.updates) for run in runs)  # they are no longer the same
        for run in runs:
            del run.updates[:count]
        return None


def _count_names(run: RankRun) -> int:
    last: RankUpdate | None = run.updates[-1] if run.updates else None
    return (
        0 if last is None or last.replica is None else len(run.updates) * len(last.replica.values)
    )
