"""How the ranks of a run ended that did not end well, the first one to fail before the others."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.diagnose.ranks.rank_rule import ranks_text
from backtrace.ledger.rank_end import Failure, RankEnd


@dataclass(frozen=True)
class EndedRank:
    """One rank's end; `place` says after how many updates, and where the last one was."""

    rank: int
    end: RankEnd
    place: str = ""


def rank_ends_text(ranks: Sequence[EndedRank]) -> list[str]:
    """Return a line for each rank that did not end well, in the order in which they ended.

    A launcher ends the others by SIGTERM when one has failed. Where only some ranks could say what
    ended them, that and the processes that were there at that moment tell which was the first.
    """
    bad = [each for each in ranks if not each.end.is_well]
    failed = [each for each in bad if each.end.failure is not None]
    first = min(failed, key=lambda each: _failure(each).time, default=None)
    lines = [_line(each, first, bad) for each in sorted(bad, key=lambda e: _turn(e, first))]
    silent = [each.rank for each in bad if each.end.life == "killed"]
    if not failed and len(silent) > 1 and all(each.end.exit_code is None for each in bad):
        those = ranks_text(sorted(silent))
        lines.append(f"which of {those} ended first is not known here: see the launcher's report")
    return lines


def _failure(rank: EndedRank) -> Failure:
    assert rank.end.failure is not None
    return rank.end.failure


def _turn(rank: EndedRank, first: EndedRank | None) -> tuple[int, float, int]:
    """Return what sorts the ranks by when they ended, as far as it is known."""
    if rank.end.failure is not None:
        return 1, _failure(rank).time, rank.rank
    is_before = first is not None and rank.rank in _failure(first).gone
    is_cause = rank.end.exit_code not in (None, -signal.SIGTERM) and not _was_there(rank, first)
    return 0 if is_before or is_cause else 2, 0.0, rank.rank


def _was_there(rank: EndedRank, first: EndedRank | None) -> bool:
    """Whether a rank was running when the first one failed."""
    return first is not None and rank.rank in _failure(first).running


def _line(rank: EndedRank, first: EndedRank | None, bad: Sequence[EndedRank]) -> str:
    place = f" {rank.place}" if rank.place else ""
    failure = rank.end.failure
    if failure is None:
        verb, why = (
            _how_killed(rank, first, bad) if rank.end.life == "killed" else (rank.end.life, "")
        )
        return f"rank {rank.rank} was {verb}{place}{why}"
    order = ""
    if first is not None and len(bad) > 1 and rank.end.machine == first.end.machine:
        is_first = rank is first and not any(_turn(each, first)[0] == 0 for each in bad)
        order = " first," if is_first else " next,"
    where = f" ({failure.where})" if failure.where else ""
    return f"rank {rank.rank} failed{order}{place}: {failure.reason}{where}"


def _how_killed(
    rank: EndedRank, first: EndedRank | None, bad: Sequence[EndedRank]
) -> tuple[str, str]:
    """Return what stands before the place, and what after it."""
    code = rank.end.exit_code
    others = [each for each in bad if each is not rank and each.end.exit_code != -signal.SIGTERM]
    if code == -signal.SIGTERM and others:
        return "ended", " by its launcher (SIGTERM), as another rank had failed"
    if code is not None and code < 0:
        return "killed", f" by {_name_of(-code)}"
    if first is not None and _was_there(rank, first):
        return "ended", f" when rank {first.rank} had failed: a launcher then sends SIGTERM"
    if first is not None and rank.rank in _failure(first).gone:
        text = "by a signal, for lack of memory, or by a crash"
        return "killed", f", before rank {first.rank} failed: {text}"
    return "killed", ""


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
