"""A run on one or several ranks as it is compared: one run that had the rows of all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from backtrace.compare.first_update import FirstUpdate, read_first_update
from backtrace.compare.rank_updates import RankUpdates
from backtrace.compare.runs import ComparedRun
from backtrace.compare.trace_runs import TracedRun
from backtrace.driver.rank_judgement import judge_trace
from backtrace.tracefile import TraceFile

_RANK_RULES = "BT7"


@dataclass(frozen=True)
class RankedRun:
    """A run, the first update of each of its ranks, and what the rules over ranks say of it."""

    run: ComparedRun
    firsts: tuple[FirstUpdate, ...]
    said: tuple[str, ...] = ()

    @property
    def rows(self) -> int | None:
        """How many rows the first update was made of, on all ranks; None where it is not known."""
        counts = [first.count_rows() for first in self.firsts]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None


@contextmanager
def open_ranked(traced: TracedRun) -> Iterator[RankedRun | None]:
    """Give a run as it is compared; None where there is no update of it.

    Its updates are read from the file while the block runs.
    """
    trace = traced.trace
    if trace is None or not len(trace.updates):
        yield None
        return
    with ExitStack() as stack:
        numbers = [span.rank for span in trace.ranks]
        ranks = [stack.enter_context(TraceFile(trace.path, rank)) for rank in numbers] or [trace]
        firsts = tuple(read_first_update(each.events) for each in ranks)
        shards = ranks[0].search(lambda finder: finder.find_shards())
        updates = RankUpdates([each.updates for each in ranks], shards)
        for first in firsts:
            first.is_share = True
        run = ComparedRun(traced.name, updates, trace.header, firsts[0])
        yield RankedRun(run, firsts, _say(trace) if numbers else ())


def _say(trace: TraceFile) -> tuple[str, ...]:
    """Return what is wrong between the ranks themselves, whatever one process does."""
    diagnosis, _ = judge_trace(trace, None, ())
    return tuple(
        f"{each.code} {each.pattern}: {each.message}"
        for each in diagnosis.alarms
        if each.code.startswith(_RANK_RULES)
    )
