"""What is said of a run's ranks in a line each: how they ended, and which are waited for."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from backtrace.diagnose.ranks.rank_rule import ranks_text
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.show.content.cells import number
from backtrace.show.content.rank_ends import EndedRank, rank_ends_text


def ends_text(runs: Sequence[RankRun], size: int) -> list[str]:
    """Return a line for each rank that did not end well, or of which there is nothing."""
    lines = rank_ends_text([EndedRank(run.rank, run.ending, _place_text(run)) for run in runs])
    there = {run.rank for run in runs}
    missing = [rank for rank in range(size) if rank not in there]
    if missing:
        lines.append(f"{ranks_text(missing)} of {size} left nothing here: see `backtrace merge -h`")
    return lines


def shards_text(runs: Sequence[RankRun]) -> list[str]:
    """Return what is to be known of tensors that are laid over the ranks: nothing without any.

    The norm of a whole gradient is the root of the sum of its parts' squares.
    """
    names = runs[0].shards if runs else {}
    if not names:
        return []
    first = next(iter(names.values()))
    parts = f"{len(names)} of {len(runs[0].parameters)} parameters"
    lines = [
        f"{parts} are sharded ({first.name}: {first.placements} of {first.shape}): a table shows "
        f"the part of rank {runs[0].rank}"
    ]
    found = [f"{number(_whole_norm(row))} at update {row[0].number}" for row in _ends(runs)]
    if found and len(runs) > 1:
        lines.append(f"norm of the whole gradient: {', '.join(found)}")
    return lines


def _ends(runs: Sequence[RankRun]) -> list[list[RankUpdate]]:
    """Return the first update that all ranks took, and the last, where there are two."""
    lasts = [run.in_step for run in runs if run.in_step is not None]
    firsts = [run.first for run in runs if run.first is not None]
    if len(lasts) < len(runs):
        return []
    return [firsts, lasts] if lasts[0] is not firsts[0] else [lasts]


def _whole_norm(row: Sequence[RankUpdate]) -> float:
    """Return the norm of all gradients, of shards over all ranks and of replicas once."""
    shards = sum(update.squares[0] for update in row)
    copies = row[0].squares[1]
    return sqrt(shards + copies)


def waiting_text(running: Sequence[int]) -> str:
    """Return why ranks were not compared."""
    if not running:
        return "the rank that ends last compares the ranks"
    verb = "is" if len(running) == 1 else "are"
    return f"{ranks_text(running)} {verb} still running, and will compare the ranks"


def not_recorded_text(count: int) -> str:
    """Return what to do about processes of a script that are in no trace."""
    processes = "1 process" if count == 1 else f"{count} processes"
    return (
        f"{processes} that the script started made no process group, and were not recorded: "
        "put `backtrace.record(file=…)` into the function that they run, or start the script with "
        "torchrun … -m backtrace run"
    )


def _place_text(run: RankRun) -> str:
    count = run.count
    where = run.last.where if run.last is not None else ""
    steps = (
        f"after {count} update{'' if count == 1 else 's'}" if count else "before its first update"
    )
    return f"{steps} ({where})" if where else steps
