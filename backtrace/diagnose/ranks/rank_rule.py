"""What a rule over ranks is: as any rule, but it looks at all ranks of a run together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.rule import Judgement, Rule, Severity
from backtrace.diagnose.stretch import Stretch

Together = Callable[[Sequence[RankRun]], Iterator[Judgement]]


def _no_stretch(run: Stretch) -> Iterator[Judgement]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class RankRule(Rule):
    """A rule whose `check_ranks` is given the runs of at least two ranks, in their order."""

    check_ranks: Together


def make_rule(
    code: str, pattern: str, severity: Severity, check_ranks: Together, page: str | None
) -> RankRule:
    """Return a rule over ranks."""
    return RankRule(code, pattern, severity, _no_stretch, page or "", check_ranks=check_ranks)


def rows(runs: Sequence[RankRun]) -> Iterator[tuple[RankUpdate, ...]]:
    """Go through the updates that all ranks finished, those of one number together.

    It ends where the ranks' steps are of other optimizers, or one left out a step that others took:
    what follows it there are no longer the same updates.
    """
    for row in zip(*(run.updates for run in runs), strict=False):
        if len({(each.optimizer, each.number) for each in row}) != 1:
            return
        if len({each.left_out for each in row}) != 1:
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
