"""Compares runs on several ranks with a baseline, within what rounding makes of that one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from backtrace.compare.compare import compare
from backtrace.compare.comparison import Comparison
from backtrace.compare.rank_reasons import list_reasons
from backtrace.compare.ranked_run import RankedRun, open_ranked
from backtrace.compare.rounding_noise import SEEDS, RoundingNoise
from backtrace.compare.script_plan import ScriptVariant
from backtrace.compare.script_trials import (
    ScriptTrialOptions,
    check_baseline,
    hash_seed,
    make_folder,
    remarks_of,
    to_request,
)
from backtrace.compare.sentence import describe_rounding
from backtrace.compare.trace_child import TraceDetail
from backtrace.compare.trace_runs import NamedRequest, TracedRun, patience, prepare_runs
from backtrace.compare.trial_results import Trials

_VALUES = 256  # elements that are kept, to be compared one by one


@contextmanager
def rank_trials(variants: Sequence[ScriptVariant], options: ScriptTrialOptions) -> Iterator[Trials]:
    """Run each variant, and the first twice more with layers that round otherwise; compare.

    The updates are read from the traces while the block runs.

    Raises:
        ScriptError: the baseline did not run, or not with other roundings.
        UsageError: the folder cannot be made.
    """
    if options.folder is not None:
        make_folder(options.folder)
    with ExitStack() as stack:
        spare = tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True)
        folder = options.folder or Path(stack.enter_context(spare))
        base, perturbed, others = _run_all(variants, folder, options)
        for run in (base, *perturbed, *others):
            if run.trace is not None:
                stack.callback(run.trace.close)

        def open_all(runs: Sequence[TracedRun]) -> list[RankedRun]:
            found = [stack.enter_context(open_ranked(each)) for each in runs]
            return [each for each in found if each is not None]

        first, *noisy = open_all([base, *perturbed])
        noise, comparisons = _compare_all(first, noisy, compared := open_all(others))
        yield Trials(
            runs=[first.run, *(each.run for each in compared)],
            noise=noise,
            comparisons=comparisons,
            remarks=[line for run in (base, *others) for line in remarks_of(run)],
            failed=[run.name for run in others if run.error],
            noise_said=describe_rounding(noise, len(noisy)),
        )


def _run_all(
    variants: Sequence[ScriptVariant], folder: Path, options: ScriptTrialOptions
) -> tuple[TracedRun, list[TracedRun], list[TracedRun]]:
    """Run the baseline, and then its perturbed runs and the others."""

    def ask(variant: ScriptVariant, name: str) -> NamedRequest:
        named = to_request(variant, folder / f"{name}.trace", options)
        request = replace(named.request, detail=TraceDetail(_VALUES), nproc=variant.nproc)
        return replace(named, request=request)

    def perturb(seed: int) -> NamedRequest:
        texts = (*variants[0].experiments, f"rounding={seed}")
        name = f"{variants[0].name}, rounded otherwise"
        return ask(replace(variants[0], name=name, experiments=texts), f"0-rounding-{seed}")

    with prepare_runs(hash_seed(options.seed), in_copies=options.in_copies) as runs:
        (base,) = runs.run([ask(variants[0], "0")], timeout=options.timeout)
        check_baseline(base)
        asked = [*map(perturb, SEEDS), *(ask(v, str(n)) for n, v in enumerate(variants) if n)]
        patient = options.timeout or patience(base.seconds)
        rest = runs.run(asked, parallel=options.parallel, timeout=patient)
    perturbed, others = rest[: len(SEEDS)], rest[len(SEEDS) :]
    for run in perturbed:
        check_baseline(run)
    return base, perturbed, others


def _compare_all(
    base: RankedRun, noisy: Sequence[RankedRun], others: Sequence[RankedRun]
) -> tuple[Comparison, list[Comparison]]:
    """Return what the first perturbed run comes to, and each of the others."""
    perturbed = [each.run for each in noisy]

    def compare_with_base(other: RankedRun) -> Comparison:
        found = compare(base.run, other.run, noise=RoundingNoise(perturbed))
        return replace(found, reasons=tuple(list_reasons(base, other, found, perturbed)))

    return compare(base.run, perturbed[0], exact=True), [*map(compare_with_base, others)]
