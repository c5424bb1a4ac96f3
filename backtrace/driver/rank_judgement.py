"""What the files of several ranks say together, whether they are joined already or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from backtrace.diagnose.diagnose import Diagnosis, diagnose
from backtrace.diagnose.history import History
from backtrace.diagnose.judge_ranks import join, judge_ranks
from backtrace.diagnose.ranks.rank_reader import RankReader
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.rule import NotChecked
from backtrace.errors import TraceFileError
from backtrace.tracefile import TraceFile

_MOST = 8  # ranks that are judged each by itself, too: of more, the lowest


@dataclass(frozen=True)
class RankView:
    """One rank as it was read: its run in brief, and what its own rules say."""

    run: RankRun
    diagnosis: Diagnosis


def read_rank_view(
    trace: TraceFile, rank: int, ignore: Sequence[str], *, is_brief: bool = False
) -> RankView:
    """Read one rank's events once, for the rules over ranks and, but if `is_brief`, for its own.

    What cannot be read any more, as of a rank that was killed while it wrote, is left out.
    """
    reader, history = RankReader(rank), History()
    end = "finished" if trace.is_finished else "interrupted"
    try:
        for event in trace.stream_events(has_values=not is_brief):  # rules over ranks need none
            reader.take(event)
            if not is_brief:
                history.take(event)
    except TraceFileError:
        end = "killed"
    reader.run.end = "killed" if trace.seconds is None else end
    own = Diagnosis() if is_brief else diagnose(history.stretches(), ignore=ignore)
    return RankView(reader.run, own)


def judge_files(
    own: Diagnosis | None, rank: int, files: dict[int, Path], ignore: Sequence[str]
) -> tuple[Diagnosis, list[RankRun]]:
    """Judge ranks by their own files; `own` is what is known already of `rank`."""
    views = {}
    for at, (number, path) in enumerate(sorted(files.items())):
        with TraceFile(path) as trace:
            is_brief = at >= _MOST and number != rank
            views[number] = read_rank_view(trace, number, ignore, is_brief=is_brief)
    return _join(own, rank, views, ignore)


def judge_trace(
    trace: TraceFile, own: Diagnosis | None, ignore: Sequence[str]
) -> tuple[Diagnosis, list[RankRun]]:
    """Judge the ranks of a joined file; `own` is what is known of the rank that is shown."""
    views = {}
    for at, span in enumerate(trace.ranks):
        with TraceFile(trace.path, span.rank) as each:
            is_brief = at >= _MOST and span.rank != trace.rank
            views[span.rank] = read_rank_view(each, span.rank, ignore, is_brief=is_brief)
    return _join(own, trace.rank, views, ignore)


def _join(
    own: Diagnosis | None, rank: int, views: dict[int, RankView], ignore: Sequence[str]
) -> tuple[Diagnosis, list[RankRun]]:
    runs = [view.run for view in views.values()]
    first = own if own is not None else views[rank].diagnosis
    others = [(number, view.diagnosis) for number, view in views.items() if number != rank]
    together = judge_ranks(runs, ignore=ignore)
    if len(runs) > _MOST:
        reason = f"rules that one process is judged by were asked on {_MOST} of {len(runs)} ranks"
        few = NotChecked("BT", "one rank", reason)
        together = replace(together, not_checked=(*together.not_checked, few))
    return join(first, others, together), runs
