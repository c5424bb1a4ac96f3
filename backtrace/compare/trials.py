"""Runs every variant of a comparison, and the baseline twice: what differs then is noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from backtrace.compare.compare import compare
from backtrace.compare.comparison import Comparison
from backtrace.compare.first_update import FirstUpdate
from backtrace.compare.measure import Tolerance
from backtrace.compare.runs import ComparedRun
from backtrace.compare.trial_results import Trials
from backtrace.config.load import LoadedConfig
from backtrace.driver.options import RecordOptions
from backtrace.driver.sources.config import run_config
from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.ledger.events import Event
from backtrace.ledger.experiment_facts import ExperimentEnded
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update
from backtrace.show.content.experiments import describe_ending
from backtrace.show.progress import Bar


def run_trials(
    named: Sequence[tuple[str, LoadedConfig]],
    tolerance: Tolerance | None = None,
    values: int = 16,
    accept: Callable[[RunPlan], None] | None = None,
) -> Trials:
    """Run each config, the first one twice, and compare all others with the first.

    Without a tolerance only the same bits are equal. `accept` may refuse the first one's plan.
    Raises what `run_config` raises.
    """
    first, *others = named
    remarks: list[str] = []
    options = RecordOptions(values, digest=True)
    base = _run(*first, replace(options, accept=accept), remarks)
    again = _run(*first, options, [])
    runs = [_run(name, loaded, options, remarks) for name, loaded in others]

    def compare_with_base(run: ComparedRun) -> Comparison:
        return compare(base, run, tolerance, exact=tolerance is None)

    comparisons = [*map(compare_with_base, runs)]
    return Trials([base, *runs], compare_with_base(again), comparisons, remarks)


class _Collector(View):
    """Keeps all updates of a run, and what its first events tell."""

    def __init__(self, label: str) -> None:
        self.updates: list[Update] = []
        self.header = Header()
        self.first_update = FirstUpdate()
        self.endings: list[ExperimentEnded] = []
        self._label = label

    def start(self, plan: RunPlan) -> None:
        """Begin to count."""
        self._bar = Bar(self._label, plan.updates)
        self.header = plan.header

    def take_event(self, event: Event) -> None:
        """Keep what the first update tells of the run, and what experiments came to."""
        self.first_update.take(event)
        if isinstance(event, ExperimentEnded):
            self.endings.append(event)

    def take_update(self, update: Update) -> None:
        """Keep the update; calls after the last step are none."""
        if update.is_complete:
            self.updates.append(update)
            self._bar.advance(len(self.updates))

    def finish(self, result: RunResult) -> None:
        """Stop counting."""
        self._bar.pause()


def _run(
    name: str, loaded: LoadedConfig, options: RecordOptions, remarks: list[str]
) -> ComparedRun:
    """Run a config, its readings with the digests that prove equal bits.

    What its experiments came to is added to `remarks`.
    """
    found = _Collector(name)
    run_config(loaded, [found], options).raise_failure()
    remarks.extend(map(describe_ending, found.endings))
    return ComparedRun(name, found.updates, found.header, found.first_update)
