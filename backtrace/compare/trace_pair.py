"""Compares two trace files: opens both, and prints what `compare` says of two live runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from backtrace.compare.compare import compare
from backtrace.compare.comparison import Comparison
from backtrace.compare.comparison_json import comparison_to_dict
from backtrace.compare.first_update import read_first_update
from backtrace.compare.measure import Tolerance
from backtrace.compare.report import full_report
from backtrace.compare.runs import ComparedRun
from backtrace.compare.sentence import describe_nothing_in_common
from backtrace.compare.shared_updates import SharedUpdates
from backtrace.errors import UsageError
from backtrace.ledger.updates import Update
from backtrace.printable import json_text
from backtrace.show.content.next_looks import after_traces
from backtrace.show.text.findings import print_command
from backtrace.show.trace_size import check_size
from backtrace.start_up import collector_held
from backtrace.tracefile import TraceFile, open_trace
from backtrace.tracefile.connect import is_meant_as_trace

Share = Callable[[Sequence[Update]], Sequence[Update]]


@collector_held()
def compare_traces(
    paths: tuple[Path, Path],
    tolerance: Tolerance | None,
    skip: int,
    *,
    as_json: bool,
    ranks: tuple[int | None, int | None] = (None, None),
) -> bool:
    """Print how two trace files differ; return whether they are equal.

    Without a tolerance only the same bits are equal. The first `skip` updates of the first trace
    have no counterpart in the second, which was resumed after them. Of a trace of several ranks
    one is compared, the lowest if `ranks` does not say; where it does, what each rank added
    before the all-reduce is left out.

    Raises:
        TraceFileError: one of them cannot be read.
        UsageError: they cannot be compared.
    """
    names = _short_names(paths)
    if None not in ranks:
        names = tuple(f"{n} rank {r}" for n, r in zip(names, ranks, strict=True))  # type: ignore[assignment]
    with open_trace(paths[0], ranks[0]) as base, open_trace(paths[1], ranks[1]) as other:
        check_size(base, other)
        _check_readings(base, other)
        share: Share = SharedUpdates if None not in ranks else _as_they_are
        found = compare_runs(
            as_run(names[0], base, share(_from(base, names[0], skip)), skip),
            as_run(names[1], other, share(other.updates)),
            tolerance or Tolerance(),
            exact=tolerance is None,
        )
        if as_json:
            document = json_text(comparison_to_dict(found))
            sys.stdout.write(document + "\n")
        else:
            console = Console(highlight=False, markup=False, emoji=False)
            console.print(full_report(found, console))
            print_command(console, after_traces(paths, ranks, is_equal=found.is_equal))
        return found.is_equal


def are_traces(targets: Sequence[str]) -> bool:
    """Whether all of these are files that SQLite wrote, as traces are."""
    return bool(targets) and all(is_meant_as_trace(Path(target)) for target in targets)


def _as_they_are(updates: Sequence[Update]) -> Sequence[Update]:
    return updates


def read_ranks(text: str | None) -> tuple[int | None, int | None]:
    """Return the two ranks that `I,J` names; None of each where nothing was said.

    Raises:
        UsageError: it names something else.
    """
    if text is None:
        return None, None
    one, _, other = text.partition(",")
    if not (one.isdigit() and other.isdigit()):
        raise UsageError(f"--ranks is {text}, but it must be two ranks, such as 0,1")
    return int(one), int(other)


def compare_runs(
    base: ComparedRun, other: ComparedRun, tolerance: Tolerance, *, exact: bool
) -> Comparison:
    """Compare two runs that must have something in common.

    Raises:
        UsageError: they have no update or no parameter in common.
    """
    found = compare(base, other, tolerance, exact=exact)
    if reason := describe_nothing_in_common(found):
        raise UsageError(reason.removesuffix("."))
    return found


def as_run(name: str, trace: TraceFile, updates: Sequence[Update], skip: int = 0) -> ComparedRun:
    """Return a trace as what is compared; its updates are read when they are gone through."""
    first = read_first_update(trace.events, skip)
    return ComparedRun(name, updates, trace.header, first, is_rest=skip > 0)


def _from(trace: TraceFile, name: str, skip: int) -> Sequence[Update]:
    if not skip:
        return trace.updates
    count = len(trace.updates)
    if skip >= count > 0:
        raise UsageError(
            f"--skip {skip}: {name} has {count} updates: nothing of it is left to compare"
        )
    return trace.updates[skip:]


def _check_readings(base: TraceFile, other: TraceFile) -> None:
    """Numbers that one of them did not keep would all differ."""
    kinds = [str(trace.recording.get("readings") or "full") for trace in (base, other)]
    if kinds[0] != kinds[1]:
        raise UsageError(
            f"{base.path} keeps {kinds[0]} readings and {other.path} {kinds[1]} ones: "
            "record both with the same --readings"
        )


def _short_names(paths: tuple[Path, Path]) -> tuple[str, str]:
    """Return the files' names, with as much of their folders as tells them apart."""
    if paths[0] == paths[1]:
        return paths[0].name, paths[1].name
    one, two = (path.resolve().parts for path in paths)
    for length in range(1, max(len(one), len(two)) + 1):
        if one[-length:] != two[-length:]:
            return "/".join(one[-length:]), "/".join(two[-length:])
    return str(paths[0]), str(paths[1])
