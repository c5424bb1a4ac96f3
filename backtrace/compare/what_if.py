"""Runs a recorded command again, and another way from some update on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from backtrace.compare.compare import compare
from backtrace.compare.comparison import Comparison
from backtrace.compare.measure import Tolerance
from backtrace.compare.script_trials import check_baseline, remarks_of
from backtrace.compare.trace_child import Detour, TraceDetail, TraceRequest
from backtrace.compare.trace_pair import as_run
from backtrace.compare.trace_runs import NamedRequest, TracedRun, prepare_runs
from backtrace.errors import UsageError
from backtrace.tracefile import TraceFile


@dataclass(frozen=True)
class WhatIfOptions:
    """Where the other way begins, and how far it goes.

    The run goes another way after update `at`, for `updates` of them or to its end. `path` is where
    its trace is made, None for nowhere. `in_copy` runs it in a copy of the working folder.
    """

    at: int
    experiments: tuple[str, ...]
    updates: int | None = None
    tolerance: Tolerance | None = None
    timeout: float | None = None
    path: Path | None = None
    in_copy: bool = False


@dataclass(frozen=True)
class OtherWay:
    """What came of it.

    `held` compares what was to be the recorded run with that; `comparison` is of both ways, None
    where it was not, or where nothing followed. `remarks` say what the experiments came to.
    """

    at: int
    held: Comparison
    comparison: Comparison | None
    remarks: Sequence[str]
    error: str

    @property
    def is_same(self) -> bool:
        """Whether the run was the recorded one as long as it was to be."""
        return self.held.is_equal


@contextmanager
def run_other_way(
    trace: TraceFile, request: TraceRequest, options: WhatIfOptions
) -> Iterator[OtherWay]:
    """Run what a trace was made by again, and give what came of it.

    Updates are read from the traces while the block runs.

    Raises:
        ScriptError: it did not run, or nothing stepped.
        UsageError: the trace has no such update, or does not keep what it would be held against.
    """
    places = _find_places(trace, options.at)
    with tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as spare:
        path = options.path or Path(spare) / "other.trace"
        detour = Detour(
            str(trace.path.resolve()), places, options.at, options.experiments, options.tolerance
        )
        limit = request.limit if options.updates is None else options.at + options.updates
        asked = replace(
            request, path=str(path.resolve()), limit=limit, detail=detail_of(trace, request),
            detour=detour,
        )  # fmt: skip
        named = NamedRequest(", ".join(options.experiments), asked)
        # The number of threads decides how sums are rounded.
        env = {"OMP_NUM_THREADS": str(trace.header.threads)} if trace.header.threads else {}
        with prepare_runs(env, in_copies=options.in_copy) as runs:
            (run,) = runs.run([named], timeout=options.timeout)
        check_baseline(run)
        assert run.trace is not None
        try:
            yield _judge(trace, run, places, options)
        finally:
            run.trace.close()


def _judge(trace: TraceFile, run: TracedRun, places: int, options: WhatIfOptions) -> OtherWay:
    assert run.trace is not None
    name, exact = trace.path.name, options.tolerance is None

    def both(other: str, end: int | None) -> Comparison:
        assert run.trace is not None
        one = as_run(name, trace, trace.updates[:end])
        two = as_run(other, run.trace, run.trace.updates[:end])
        return compare(one, two, options.tolerance, exact=exact)

    held, comparison = both("the same command", places), None
    count = sum(each.is_complete for each in run.trace.outline())
    if held.is_equal and count > places:
        comparison = both(run.name, None if options.updates is None else count)
    return OtherWay(options.at, held, comparison, [*remarks_of(run)], run.error)


def _find_places(trace: TraceFile, at: int) -> int:
    """Return how many updates of a trace, of all optimizers, end with the first number `at`."""
    known = [entry for entry in trace.outline() if entry.is_complete]
    if not known:
        raise UsageError(f"{trace.path}: holds no finished update: there is nothing to go on from")
    place = next((entry.place for entry in known if entry.number == at), None)
    if place is None:
        near = min(known, key=lambda entry: abs(entry.number - at)).number
        last = max(entry.number for entry in known)
        raise UsageError(f"--at {at}: {trace.path} has updates up to {last}; the nearest is {near}")
    last_whole = trace.recording.get("last")
    if isinstance(last_whole, int) and len(known) > last_whole:
        raise UsageError(
            f"{trace.path}: was recorded with --last {last_whole}: of the updates before these it "
            "keeps too little to hold a run against"
        )
    return place + 1


def detail_of(trace: TraceFile, request: TraceRequest) -> TraceDetail:
    """Return what the other trace has to keep for both to be compared."""
    first = next(iter(trace.updates))
    digests = (
        row.value_after is not None and row.value_after.digest for row in first.rows.values()
    )
    recording = trace.recording
    return replace(
        request.detail,
        digest=any(digests),
        readings="norm" if recording.get("readings") == "norm" else "full",
        params=tuple(recording.get("params") or ()),
    )
