"""The process that runs one target, and writes what it came to into a file."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backtrace.check.outcome import Outcome, seal_outcome
from backtrace.check.targets import Target
from backtrace.errors import BacktraceError, ConfigError, DataError, Problem
from backtrace.tracefile import codec

if TYPE_CHECKING:
    from backtrace.check.watching import CheckedRun
    from backtrace.config.expect import Expect
    from backtrace.config.load import LoadedConfig
    from backtrace.diagnose.diagnose import Diagnosis

UPDATES = 100  # that are run of a config which says neither updates nor epochs
BUDGET = 60.0  # seconds that a target trains for, where nothing else is said


@dataclass(frozen=True)
class Job:
    """What one process is to do.

    `limit` is None where the config says how far to run, or it runs to its end; after `budget`
    seconds of training it is stopped in any case. A script is run on `ranks` processes, by the
    launcher where these are several, and then up to `limit`.
    """

    target: Target
    path: str
    limit: int | None = None
    ignore: tuple[str, ...] = ()
    allow_synthetic: bool = False
    budget: float = BUDGET
    ranks: int = 1


@dataclass(frozen=True)
class JobRequest:
    """What a process is started with; the outcome is written under `key`."""

    job: Job
    outcome_file: str
    key: str


def main(request_text: str) -> None:
    """Do the job of a `JobRequest`, and write the outcome into its file, all of it or nothing."""
    request = codec.load(request_text, JobRequest)
    process = os.getpid()
    outcome = run_job(request.job)
    if os.getpid() != process:  # the script forked, and the copy came to its end
        return
    file = Path(request.outcome_file)
    partial = file.with_suffix(".part")
    file.parent.mkdir(parents=True, exist_ok=True)  # a script may have tidied up around it
    partial.write_text(seal_outcome(outcome, request.key), encoding="utf-8")
    partial.replace(file)


def run_job(job: Job) -> Outcome:
    """Run the target, and judge it; a mistake of the user's is the outcome's `error`."""
    try:
        return _run_config(job) if job.target.kind == "config" else _run_script(job)
    except BacktraceError as error:
        return Outcome(job.target.name, job.path, error=str(error))


def _run_script(job: Job) -> Outcome:
    return _on_ranks(job) if job.ranks > 1 else _on_one(job)


def _on_one(job: Job) -> Outcome:
    from backtrace.check.limit import Limit
    from backtrace.check.watching import CheckedRun
    from backtrace.driver.options import RecordOptions
    from backtrace.driver.script import Program
    from backtrace.driver.sources.script import run_script

    run, limit = CheckedRun(), None if job.limit is None else Limit(job.limit)
    options = RecordOptions(budget=job.budget, follow=None if limit is None else limit.follow)
    program = Program(job.target.path, job.target.arguments)
    code = run_script(program, [run], options, ignore=job.ignore)
    is_stopped = limit is not None and limit.has_stopped
    return _to_outcome(job, run.diagnosis, code, _how_far(job, run, is_stopped=is_stopped))


def _on_ranks(job: Job) -> Outcome:
    from backtrace.check.ranks import FEW, check_on_ranks

    limit = job.limit or FEW
    command = (job.target.path, *job.target.arguments)
    diagnosis, code = check_on_ranks(job.ranks, limit, command, job.ignore)
    return _to_outcome(job, diagnosis, code, f"up to update {limit} on {job.ranks} ranks")


def _to_outcome(job: Job, diagnosis: Diagnosis, code: int, remark: str) -> Outcome:
    error = ""
    if code:
        error = f"the script ended with exit code {code}"
    elif not diagnosis.updates:
        error = "no update was seen: no optimizer stepped before the script ended"
    return Outcome(job.target.name, job.path, diagnosis=diagnosis, error=error, remark=remark)


def _how_far(job: Job, run: CheckedRun, *, is_stopped: bool) -> str:
    """Say that a run was stopped before its end, where it was."""
    if run.seconds >= job.budget:
        return f"stopped after {job.budget:g} s (--budget)"
    return "stopped there (--limit)" if is_stopped else ""


def _run_config(job: Job) -> Outcome:
    from backtrace.check.expectations import hold_findings

    loaded = _load(job)
    try:
        run, remark = _train(job, loaded), ""
    except DataError as error:
        if not job.allow_synthetic:
            hint = "`check --allow-synthetic` does so by itself where data are missing."
            raise DataError(f"{error}\n{hint}") from None
        loaded = _load(job, ("data.synthetic", "true"))
        run, remark = _train(job, loaded), "made-up data: its data set is not here"
    expect = loaded.config.expect
    diagnosis, expected, missed = hold_findings(expect.findings, run.diagnosis)
    missed = tuple(replace(each, where=loaded.locate(each.key)) for each in missed)
    stopped = _how_far(job, run, is_stopped=_is_cut(job, loaded, run))
    if remark and (expect.loss or expect.values or expect.trace):
        remark += ", so that loss, values and trace were not held"
    if remark:  # of made-up data only gradients are held
        expect = expect.model_copy(update={"loss": None, "values": {}, "trace": None})
    expect, rest = _reached(expect, run.diagnosis.updates, is_stopped=bool(stopped))
    return Outcome(
        job.target.name, job.path, diagnosis=diagnosis, expected=expected,
        missed=(*missed, *_hold(loaded, run, expect)),
        remark="; ".join(filter(None, [remark, stopped, *rest])),
    )  # fmt: skip


def _is_cut(job: Job, loaded: LoadedConfig, run: CheckedRun) -> bool:
    """Whether the config would have trained on, had there been no `--limit`."""
    is_limited = any(key == "loop.updates" for key, _ in loaded.overrides)
    if job.limit is None or run.diagnosis.updates < job.limit or not is_limited:
        return False
    epochs, per_epoch = loaded.config.loop.epochs, run.updates_per_epoch
    return epochs is None or per_epoch is None or epochs * per_epoch > job.limit


def _reached(expect: Expect, updates: int, *, is_stopped: bool) -> tuple[Expect, list[str]]:
    """Return what a run of so many updates can be held to, and name what is not checked.

    What is expected after the last update has a say once that was reached.
    """
    is_short = is_stopped and updates < (expect.updates or 0)
    values, rest = {}, []
    loss = expect.loss
    if loss is not None and is_short:
        loss = None
        rest.append(f"loss at update {expect.updates} not checked")
    for name, wanted in expect.values.items():
        at = wanted.update or (expect.updates if is_short else None) or updates
        if at > updates:
            rest.append(f"{name} at update {at} not checked")
        else:
            values[name] = wanted
    return expect.model_copy(update={"loss": loss, "values": values}), rest


def _load(job: Job, *overrides: tuple[str, str]) -> LoadedConfig:
    """Load the config, with an end after as many updates as are wanted."""
    from backtrace.config.load import load_config

    loaded = load_config(job.target.path, overrides)
    expect = loaded.config.expect
    loop = loaded.config.loop
    is_open = loop.updates is None and loop.epochs is None
    needed = [each.update for each in expect.values.values() if each.update is not None]
    open_end = max([UPDATES, *needed]) if is_open else None
    loaded = loaded.limited(job.limit or expect.updates or open_end)
    # Problems are told by the file's path as the user sees it.
    return replace(loaded, places=replace(loaded.places, file=job.path))


def _train(job: Job, loaded: LoadedConfig) -> CheckedRun:
    from backtrace.check.nested_values import count_numbers
    from backtrace.check.watching import CheckedRun
    from backtrace.driver.options import RecordOptions
    from backtrace.driver.sources.config import run_config

    expect = loaded.config.expect
    wanted = [n for each in expect.values.values() for n in (each.value, each.grad)]
    most = max([16, *(count_numbers(numbers) for numbers in wanted if numbers is not None)])
    keeps = bool(expect.loss or expect.grads or expect.values or expect.trace)
    run, options = (
        CheckedRun(keeps=keeps),
        RecordOptions(most, by_term=len(loaded.config.loss) > 1, budget=job.budget),
    )
    ignore = (*job.ignore, *loaded.config.diagnose.ignore)
    run_config(loaded, [run], options, ignore=ignore).raise_failure()
    return run


def _hold(loaded: LoadedConfig, run: CheckedRun, expect: Expect) -> tuple[Any, ...]:
    """Return the expectations that do not hold."""
    from backtrace.check.expectations import ObservedRun, hold
    from backtrace.errors import TraceFileError, UsageError

    seen = ObservedRun(run.updates, run.names, run.header)
    try:
        return tuple(hold(expect, seen, loaded.folder, loaded.locate))
    except (TraceFileError, UsageError) as error:
        where = loaded.locate("expect.trace")
        raise ConfigError([Problem("expect.trace", str(error), "", where)]) from None
