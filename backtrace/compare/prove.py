"""Tries the cure of each finding on the running loop, and judges what became of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from backtrace.compare.compare import compare
from backtrace.compare.measure import is_bitwise_equal
from backtrace.compare.proof import CureTrial, Proof
from backtrace.compare.script_trials import (
    check_baseline,
    find_endings,
    hash_seed,
    to_compared,
)
from backtrace.compare.trace_child import TraceRequest
from backtrace.compare.trace_runs import NamedRequest, Runs, TracedRun, patience, prepare_runs
from backtrace.diagnose.cures import cures_of
from backtrace.diagnose.diagnose import Diagnosis, diagnose_events
from backtrace.diagnose.rule import Finding
from backtrace.ledger.updates import Update
from backtrace.tracefile import TraceFile


@dataclass(frozen=True)
class ProveOptions:
    """How cures are tried; `notes` says whether those of notes are, too.

    With `in_copies` each run is in a copy of the working folder.
    """

    ignore: tuple[str, ...] = ()
    notes: bool = False
    parallel: int = 1
    timeout: float | None = None
    seed: int | None = None
    in_copies: bool = False


def prove(name: str, request: TraceRequest, options: ProveOptions | None = None) -> Proof:
    """Run what is asked for, diagnose it, and run it again with the cure of each finding.

    The request's `path` is not used: traces are made in a folder that is gone afterwards.

    Raises:
        ScriptError: it did not run, or nothing stepped.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True)
        )
        options = options or ProveOptions()
        env = hash_seed(options.seed)
        runs = stack.enter_context(prepare_runs(env, in_copies=options.in_copies))
        return _Trials(name, request, options, Path(folder), runs).prove()


class _Trials:
    """The runs of one proof."""

    def __init__(
        self,
        name: str,
        request: TraceRequest,
        options: ProveOptions,
        folder: Path,
        runs: Runs,
    ) -> None:
        self._name = name
        self._asked = request
        self._options = options
        self._folder = folder
        self._runs = runs
        self._count = 0
        self._timeout = options.timeout
        self._base: TracedRun

    def prove(self) -> Proof:
        (self._base,) = self._run([()])
        check_baseline(self._base)
        self._timeout = self._timeout or patience(self._base.seconds)
        diagnosis = self._diagnose(self._base)
        findings = diagnosis.findings if self._options.notes else diagnosis.alarms
        cures = cures_of(findings)
        again, *runs = self._run([(), *([each] for each in cures)])
        trials = [
            self._follow(self._judge(run, [text], found, diagnosis), diagnosis)
            for run, (text, found) in zip(runs, cures.items(), strict=True)
        ]
        noise = _last_losses(self._base, again)
        return Proof(
            self._name,
            len(_updates_of(self._base)),
            findings,
            trials,
            None if noise is None else _noise_of(*noise[1:]),
            self._is_same(again),
            self._try_together(trials, diagnosis),
        )

    def _run(self, experiments: Sequence[Sequence[str]]) -> list[TracedRun]:
        requests = []
        for texts in experiments:
            path = str(self._folder / f"{self._count}.trace")
            self._count += 1
            held = (*self._asked.experiments, *texts)
            request = replace(self._asked, path=path, experiments=held)
            requests.append(NamedRequest(", ".join(texts) or self._name, request))
        return self._runs.run(requests, parallel=self._options.parallel, timeout=self._timeout)

    def _diagnose(self, run: TracedRun) -> Diagnosis:
        if run.trace is None:
            return Diagnosis()
        return diagnose_events(run.trace.events, ignore=self._options.ignore)

    def _judge(
        self, run: TracedRun, texts: Sequence[str], cured: Sequence[Finding], before: Diagnosis
    ) -> CureTrial:
        """Return what became of the findings in a run with their cure."""
        after = self._diagnose(run)
        endings = [each for each in find_endings(run.trace) if each.experiment in texts]
        known = {each.code for each in before.findings}
        moved = _moved(self._base.trace)
        return CureTrial(
            tuple(texts),
            tuple(cured),
            left=tuple(each for each in cured if is_there(each, after)),
            new=tuple(each for each in after.alarms if each.code not in known),
            said="; ".join(each.failed or each.said for each in endings),
            times=min((each.times for each in endings), default=0),
            losses=_last_losses(self._base, run),
            learns=tuple(name for name in _moved(run.trace) if name not in moved),
            error=run.error,
            output=run.output,
        )

    def _follow(self, trial: CureTrial, before: Diagnosis) -> CureTrial:
        """Return a trial with the cures of what it brought up besides, where those help."""
        more = cures_of(trial.new)
        if trial.error or trial.left or not more:
            return trial
        texts = [*trial.experiments, *more]
        (run,) = self._run([texts])
        further = self._judge(run, texts, trial.findings, before)
        return further if further.helped else trial

    def _try_together(self, trials: Sequence[CureTrial], before: Diagnosis) -> CureTrial | None:
        """Run with all cures that helped, where there are several."""
        helped = [each for each in trials if each.helped]
        if len(helped) < 2:
            return None
        texts = [text for each in helped for text in each.experiments]
        cured = [finding for each in helped for finding in each.findings]
        (run,) = self._run([texts])
        return self._judge(run, texts, cured, before)

    def _is_same(self, again: TracedRun) -> bool | None:
        one, two = to_compared(self._base), to_compared(again)
        if one is None or two is None:
            return None
        return compare(one, two, exact=True).is_equal


def is_there(finding: Finding, diagnosis: Diagnosis) -> bool:
    """Whether a finding of this rule, about the same tensors, is among those of another run."""
    names = set(finding.parameters)
    return any(
        each.code == finding.code
        and (not names or not each.parameters or bool(names & set(each.parameters)))
        for each in diagnosis.findings
    )


def _updates_of(run: TracedRun) -> list[Update]:
    return [] if run.trace is None else [each for each in run.trace.updates if each.is_complete]


def _last_losses(base: TracedRun, other: TracedRun) -> tuple[int, float, float] | None:
    """Return the last update that both have, and the loss of each there."""
    one, two = (
        {
            (each.optimizer, each.index): each.loss
            for each in _updates_of(run)
            if each.loss is not None
        }
        for run in (base, other)
    )
    shared = [key for key in one if key in two]
    if not shared:
        return None
    last = shared[-1]
    return last[1], one[last], two[last]


def _noise_of(one: float, other: float) -> float:
    """Return by how much two losses differ: two that are NaN do not."""
    return 0.0 if repr(one) == repr(other) else abs(one - other)


def _moved(trace: TraceFile | None) -> dict[str, None]:
    """Return the parameters whose values changed in a step of a run, in their order."""
    found: dict[str, None] = {}
    for update in () if trace is None else trace.updates:
        for name, row in update.rows.items():
            before, after = row.value_before, row.value_after
            if name in found or row.kind == "input" or before is None or after is None:
                continue
            if not is_bitwise_equal(before, after):
                found[name] = None
    return found
