"""What a rule over ranks is: as any rule, but it looks at all ranks of a run together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.ranks.rank_search import RankSearch, Row, go_through, is_same_update
from backtrace.diagnose.rule import Judgement, Rule, Severity
from backtrace.diagnose.stretch import Stretch


def _no_stretch(run: Stretch) -> Iterator[Judgement]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class RankRule(Rule):
    """A rule whose `search` is given the updates of at least two ranks, those of a number at once.

    Its file defines the class: the rule's page stands above it.
    """

    search: type[RankSearch]

    def check_ranks(self, runs: Sequence[RankRun]) -> list[Judgement]:
        """Judge runs of which all updates are in memory."""
        search = self.search()
        go_through(runs, [search])
        return list(search.finish(runs))


def make_rule(
    code: str, pattern: str, severity: Severity, search: type[RankSearch], page: str | None
) -> RankRule:
    """Return a rule over ranks."""
    return RankRule(code, pattern, severity, _no_stretch, page or "", search=search)


def rows(runs: Sequence[RankRun]) -> Iterator[Row]:
    """Go through the updates that all ranks finished, as long as they are the same ones."""
    for row in zip(*(run.updates for run in runs), strict=False):
        if not is_same_update(row):
            return
        yield row


def ranks_text(ranks: Sequence[int]) -> str:
    """Return `rank 1`, `ranks 1 and 2`, `ranks 1, 2 and 5 more`."""
    if len(ranks) == 1:
        return f"rank {ranks[0]}"
    if len(ranks) == 2:
        return f"ranks {ranks[0]} and {ranks[1]}"
    if len(ranks) == 3:
        return f"ranks {ranks[0]}, {ranks[1]} and {ranks[2]}"
    return f"ranks {ranks[0]}, {ranks[1]} and {len(ranks) - 2} more"
