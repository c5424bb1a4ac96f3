"""What is said of a run's ranks in a line each: how they ended, and which are waited for."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.diagnose.ranks.rank_rule import ranks_text
from backtrace.diagnose.ranks.rank_run import RankRun


def ends_text(runs: Sequence[RankRun], size: int) -> list[str]:
    """Return a line for each rank that did not end well, or of which there is nothing."""
    lines = []
    for run in runs:
        if run.end != "finished":
            lines.append(f"rank {run.rank} was {run.end} {_place_text(run)}")
    there = {run.rank for run in runs}
    missing = [rank for rank in range(size) if rank not in there]
    if missing:
        lines.append(f"{ranks_text(missing)} of {size} left nothing here: see `backtrace merge -h`")
    return lines


def waiting_text(running: Sequence[int]) -> str:
    """Return why ranks were not compared."""
    if not running:
        return "the rank that ends last compares the ranks"
    verb = "is" if len(running) == 1 else "are"
    return f"{ranks_text(running)} {verb} still running, and will compare the ranks"


def _place_text(run: RankRun) -> str:
    count = len(run.updates)
    where = run.updates[-1].where if run.updates else ""
    steps = (
        f"after {count} update{'' if count == 1 else 's'}" if count else "before its first update"
    )
    return f"{steps} ({where})" if where else steps
