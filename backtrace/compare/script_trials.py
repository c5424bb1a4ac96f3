"""Compares what scripts do: every variant in a process of its own, and then their traces."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backtrace.compare.compare import compare
from backtrace.compare.comparison import Comparison
from backtrace.compare.measure import Tolerance
from backtrace.compare.runs import ComparedRun
from backtrace.compare.script_plan import ScriptVariant
from backtrace.compare.trace_child import TraceRequest
from backtrace.compare.trace_pair import as_run
from backtrace.compare.trace_runs import NamedRequest, TracedRun, patience, prepare_runs
from backtrace.compare.trial_results import Trials
from backtrace.errors import ScriptError, UsageError
from backtrace.ledger.experiment_facts import ExperimentEnded
from backtrace.show.content.experiments import describe_ending
from backtrace.tracefile import TraceFile


@dataclass(frozen=True)
class ScriptTrialOptions:
    """How variants are run: `limit` updates each, `parallel` at a time, `timeout` seconds each.

    Without a timeout a variant may take ten times what the baseline took. `folder` is where the
    traces stay, None for nowhere. With `in_copies` each runs in a copy of the working folder.
    """

    limit: int | None = None
    parallel: int = 1
    timeout: float | None = None
    folder: Path | None = None
    seed: int | None = None
    in_copies: bool = False


@contextmanager
def script_trials(
    variants: Sequence[ScriptVariant],
    tolerance: Tolerance | None = None,
    options: ScriptTrialOptions | None = None,
) -> Iterator[Trials]:
    """Run each variant, the first one twice, and give what comparing their traces came to.

    The updates are read from the traces while the block runs.

    Raises:
        ScriptError: the baseline did not run.
        UsageError: the folder cannot be made.
    """
    options = options or ScriptTrialOptions()
    if options.folder is not None:
        make_folder(options.folder)
    with tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as spare:
        folder = Path(spare) if options.folder is None else options.folder
        runs = _run_all(variants, folder, options)
        try:
            yield _compare_all(runs, tolerance, options)
        finally:
            for run in runs:
                if run.trace is not None:
                    run.trace.close()


def make_folder(folder: Path) -> None:
    """Make the folder that traces are to stay in.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"-o {folder}: cannot be made: {error.strerror or error}") from None


def _run_all(
    variants: Sequence[ScriptVariant], folder: Path, options: ScriptTrialOptions
) -> list[TracedRun]:
    """Run the baseline, and then the others with it once more."""
    requests = [to_request(each, folder / f"{n}.trace", options) for n, each in enumerate(variants)]
    again = to_request(variants[0], folder / "0-again.trace", options)
    with prepare_runs(hash_seed(options.seed), in_copies=options.in_copies) as runs:
        (base,) = runs.run(requests[:1], timeout=options.timeout)
        check_baseline(base)
        rest = runs.run(
            [again, *requests[1:]],
            parallel=options.parallel,
            timeout=options.timeout or patience(base.seconds),
        )
    return [base, *rest]


def to_request(variant: ScriptVariant, path: Path, options: ScriptTrialOptions) -> NamedRequest:
    """Return what the process of a variant is asked for."""
    program = variant.program
    request = TraceRequest(
        program.target, str(path.resolve()), tuple(program.arguments), program.is_module,
        limit=options.limit, experiments=variant.experiments,
    )  # fmt: skip
    return NamedRequest(variant.name, request)


def check_baseline(base: TracedRun) -> None:
    """Raise where there is nothing to compare with."""
    steps = 0 if base.trace is None else len(base.trace.updates)
    if not base.error and steps:
        return
    reason = base.error or "no update was seen: no optimizer stepped before it ended"
    shown = "".join(f"\n    | {line}" for line in base.output.splitlines())
    raise ScriptError(f"{base.name}: {reason}{shown}")


def _compare_all(
    runs: Sequence[TracedRun], tolerance: Tolerance | None, options: ScriptTrialOptions
) -> Trials:
    base, again, *others = runs
    first = to_compared(base)
    assert first is not None

    def compare_with_base(run: ComparedRun) -> Comparison:
        return compare(first, run, tolerance, exact=tolerance is None)

    second = to_compared(again)
    noise = compare_with_base(first if second is None else second)
    found = [run for run in map(to_compared, others) if run is not None]
    remarks = [line for run in (base, *others) for line in remarks_of(run)]
    if again.error:
        failure = f"The second run of {base.name} failed, so its noise is unknown: {again.error}."
        remarks.insert(0, failure)
    if noise.first is not None and options.seed is None:
        remarks.append(
            f"{base.name} is not reproducible: --seed 0 gives every run the same seed at its start."
        )
    failed = [run.name for run in others if run.error]
    return Trials([first, *found], noise, [*map(compare_with_base, found)], remarks, failed)


def to_compared(run: TracedRun) -> ComparedRun | None:
    """Return a run as it is compared; None where there is nothing of it."""
    if run.trace is None or not len(run.trace.updates):
        return None
    return as_run(run.name, run.trace, run.trace.updates)


def remarks_of(run: TracedRun) -> Iterator[str]:
    """Say what a run's experiments came to, and what went wrong with it."""
    yield from map(describe_ending, find_endings(run.trace))
    if run.error:
        count = 0 if run.trace is None else len(run.trace.updates)
        after = f" after {count} updates" if count else ""
        yield f"{run.name} failed{after}: {run.error}."
        yield from (f"    | {line}" for line in run.output.splitlines()[-5:])


def hash_seed(seed: int | None) -> dict[str, str]:
    """Return the environment that makes the order of sets the same in every run."""
    return {} if seed is None else {"PYTHONHASHSEED": str(seed % 2**32)}


def find_endings(trace: TraceFile | None) -> list[ExperimentEnded]:
    """Return what the experiments of a run came to."""
    if trace is None:
        return []
    return [event for event in trace.events if isinstance(event, ExperimentEnded)]
