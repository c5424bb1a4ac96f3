"""What the files of several ranks say together, whether they are joined already or not."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from backtrace.diagnose.diagnose import Diagnosis, diagnose
from backtrace.diagnose.history import History
from backtrace.diagnose.judge_ranks import RankJudge, join
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.rule import NotChecked
from backtrace.driver.rank_cursor import RankCursor
from backtrace.errors import TraceFileError
from backtrace.tracefile import TraceFile

_MOST = 8  # ranks that are judged each by itself, too: of more, the lowest
_FEW = 2  # ranks that are, whatever it costs
_ENTRIES = 2_000_000  # in the files of more than those
_WINDOW = 8  # updates of each rank that are in memory at once
_OPEN = 128  # files that are open at once


def judge_files(
    own: Diagnosis | None, rank: int, files: dict[int, Path], ignore: Sequence[str]
) -> tuple[Diagnosis, list[RankRun]]:
    """Judge ranks by their own files; `own` is what is known already of `rank`."""
    with ExitStack() as stack:
        traces = {
            number: stack.enter_context(TraceFile(path)) for number, path in sorted(files.items())
        }
        return _judge(own, rank, traces, ignore)


def judge_trace(
    trace: TraceFile, own: Diagnosis | None, ignore: Sequence[str]
) -> tuple[Diagnosis, list[RankRun]]:
    """Judge the ranks of a joined file; `own` is what is known of the rank that is shown."""
    with ExitStack() as stack:
        traces = {
            span.rank: stack.enter_context(TraceFile(trace.path, span.rank)) for span in trace.ranks
        }
        return _judge(own, trace.rank, traces, ignore)


def _judge(
    own: Diagnosis | None, rank: int, traces: dict[int, TraceFile], ignore: Sequence[str]
) -> tuple[Diagnosis, list[RankRun]]:
    together, runs = _judge_together(traces, ignore)
    chosen = _choose(rank, traces, is_known=own is not None)
    diagnoses = {number: _judge_alone(traces[number], ignore) for number in chosen}
    first = own if own is not None else diagnoses.pop(rank)
    asked = len({rank, *chosen})
    if asked < len(traces):
        reason = f"rules that one process is judged by were asked on {asked} of {len(traces)} ranks"
        few = NotChecked("BT", "one rank", reason)
        together = replace(together, not_checked=(*together.not_checked, few))
    are_all = asked == len(traces)
    return join(first, rank, list(diagnoses.items()), together, are_all=are_all), runs


def _judge_together(
    traces: dict[int, TraceFile], ignore: Sequence[str]
) -> tuple[Diagnosis, list[RankRun]]:
    """Ask the rules over ranks, a window of updates at a time."""
    cursors = [RankCursor(trace, number) for number, trace in traces.items()]
    runs = [each.run for each in cursors]
    judge = RankJudge(runs)
    while not all(each.is_over for each in cursors):
        for each in cursors:
            each.read(_WINDOW)
            if len(cursors) > _OPEN:
                each.rest()
        judge.take()
        if any(each.is_over and not each.run.updates for each in cursors):
            judge.take_left()
    return judge.finish(ignore=ignore), runs


def _judge_alone(trace: TraceFile, ignore: Sequence[str]) -> Diagnosis:
    """Ask the rules over one process, of all that can be read."""
    history = History()
    with suppress(TraceFileError):
        for event in trace.stream_events():
            history.take(event)
    return diagnose(history.stretches(), ignore=ignore)


def _choose(rank: int, traces: dict[int, TraceFile], *, is_known: bool) -> list[int]:
    """Return the ranks whose every entry is read: rules over ranks need far less of them."""
    chosen: list[int] = []
    entries = 0
    for number in sorted(traces, key=lambda each: (each != rank, each))[:_MOST]:
        entries += traces[number].search(lambda finder: finder.estimate_entries())
        if entries > _ENTRIES and len(chosen) >= _FEW:
            break
        chosen.append(number)
    return [number for number in chosen if number != rank or not is_known]
