"""Checks targets one after the other or side by side, and hands the outcomes to every report."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from signal import SIGTERM, default_int_handler, signal

from rich.console import Console
from rich.text import Text

from backtrace.check.baseline import Baseline
from backtrace.check.child import BUDGET, Job
from backtrace.check.github import no_commands
from backtrace.check.outcome import FailOn, Outcome
from backtrace.check.processes import OnRunning, run_jobs
from backtrace.check.reports import Reports, open_reports, write_reports
from backtrace.check.targets import Target, find_targets, relative
from backtrace.check.terminal import Terminal, print_next, print_unchanged
from backtrace.diagnose.choose import means
from backtrace.driver.supervised import cores
from backtrace.errors import EXIT_FOUND, EXIT_MISTAKE, EXIT_OK

TIMEOUT = 300.0
_MOST_PARALLEL = 8


@dataclass(frozen=True)
class CheckOptions:
    """How `check` is to run; `parallel` is None for as many processes as there are cores.

    `proves` says whether the cures of what is found are tried. Findings of other rules than
    `select` names are left out, if it names any; with `only_changed`, targets that git knows as
    they are.
    """

    limit: int | None = None
    ignore: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    fail_on: FailOn = "warning"
    only_changed: bool = False
    allow_synthetic: bool = False
    parallel: int | None = None
    timeout: float = TIMEOUT
    budget: float = BUDGET
    ranks: int = 1
    proves: bool = False


def check_targets(
    texts: Sequence[str], options: CheckOptions, reports: Reports | None = None
) -> int:
    """Check what the texts name, print how it went, and return the exit code.

    Raises:
        ConfigError, ScriptError, UsageError: there is no such target, or no place for a report.
    """
    reports = reports or Reports()
    baseline = open_reports(reports)
    targets = find_targets(texts)
    console = Console(highlight=False, markup=False, emoji=False)
    if options.only_changed:
        from backtrace.check.changed import changed_targets

        count, targets = len(targets), changed_targets(targets)
        if not targets:
            print_unchanged(console, texts, count)
            return EXIT_OK
    start = time.monotonic()
    terminal = Terminal(console, [target.name for target in targets])
    with no_commands(os.environ, lambda line: console.print(line, soft_wrap=True)):
        outcomes = _run_and_print(terminal, targets, options, baseline)
        seconds = time.monotonic() - start
        if options.proves:
            _prove(console, targets, outcomes, options)
        terminal.print_total(outcomes, seconds)
    for line in write_reports(reports, outcomes, seconds, baseline):
        console.print(Text(line), soft_wrap=True)
    print_next(console, targets, outcomes, can_prove=not options.proves and options.ranks == 1)
    return exit_code(outcomes)


def _run_and_print(
    terminal: Terminal, targets: Sequence[Target], options: CheckOptions, baseline: Baseline
) -> list[Outcome]:
    """Run the targets, print what is told of each, and return their outcomes in order."""
    outcomes: list[Outcome] = []
    names = [target.name for target in targets]
    try:
        with terminal, closing(run_targets(targets, options, terminal.tell_running)) as found:
            for outcome in found:
                outcomes.append(baseline.accept(_choose_findings(outcome, options)))
                terminal.print_line(outcomes[-1])
    except KeyboardInterrupt:
        terminal.print_interrupted(outcomes)
        raise
    outcomes.sort(key=lambda outcome: names.index(outcome.target))
    terminal.print_details(outcomes)
    return outcomes


def _choose_findings(outcome: Outcome, options: CheckOptions) -> Outcome:
    """Turn off what was not selected, and say what fails it."""
    found = outcome.diagnosis
    if options.select:
        chosen = [f for f in found.findings if any(means(code, f) for code in options.select)]
        others = [f for f in found.findings if f not in chosen]
        found = replace(found, findings=tuple(chosen), muted=(*found.muted, *others))
    return replace(outcome, diagnosis=found, fail_on=options.fail_on)


def _prove(
    console: Console, targets: Sequence[Target], outcomes: Sequence[Outcome], options: CheckOptions
) -> None:
    from backtrace.check.proofs import print_proofs
    from backtrace.compare.prove import ProveOptions

    how = ProveOptions(options.ignore, parallel=options.parallel or 1, timeout=options.timeout)
    with _as_interrupt():
        print_proofs(console, targets, outcomes, how, options.limit)


def run_targets(
    targets: Sequence[Target], options: CheckOptions, tell: OnRunning = lambda names: None
) -> Generator[Outcome, None, None]:
    """Run targets, and give each outcome when it is there; `tell` is told of those that run."""
    jobs = [
        Job(target, relative(Path(target.path)), options.limit, options.ignore,
            options.allow_synthetic, options.budget, options.ranks)
        for target in targets
    ]  # fmt: skip
    parallel = options.parallel or min(cores(), _MOST_PARALLEL, len(jobs))
    with _as_interrupt():
        yield from run_jobs(jobs, parallel, options.timeout, tell)


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 2 if a target could not be run, else 1 if one is not in order, else 0."""
    found = {outcome.status for outcome in outcomes}
    if "broken" in found:
        return EXIT_MISTAKE
    return EXIT_FOUND if "failed" in found else EXIT_OK


@contextmanager
def _as_interrupt() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C, so that no process is left when CI cancels."""
    before = None
    with suppress(ValueError):  # not in the main thread
        before = signal(SIGTERM, default_int_handler)
    try:
        yield
    finally:
        if before is not None:
            signal(SIGTERM, before)
