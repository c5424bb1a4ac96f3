"""Runs every variant of a comparison, and the baseline twice: what differs then is noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.compare.measure import Comparison, Tolerance, Variant, compare
from backtrace.config.load import LoadedConfig
from backtrace.driver.session import run_config
from backtrace.driver.view import Plan
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.show.progress import Bar


@dataclass(frozen=True)
class Trials:
    """The variants, the baseline first; `noise` compares it with its own second run."""

    variants: Sequence[Variant]
    noise: Comparison
    comparisons: Sequence[Comparison]
    synthetic: str


class _Collector:
    """Keeps all updates of a run."""

    def __init__(self, label: str) -> None:
        self.updates: list[Update] = []
        self.synthetic = ""
        self._label = label

    def start(self, plan: Plan) -> None:
        """Begin to count."""
        self._bar = Bar(self._label, plan.updates)
        self.synthetic = plan.header.synthetic

    def take_event(self, event: Event) -> None:
        """Updates are what is compared."""

    def take_update(self, update: Update) -> None:
        """Keep the update; calls after the last step are none."""
        if update.is_complete:
            self.updates.append(update)
            self._bar.advance(len(self.updates))

    def finish(self, seconds: float, *, interrupted: bool) -> None:
        """Stop counting."""
        self._bar.pause()


def run_trials(
    named: Sequence[tuple[str, LoadedConfig]], tolerance: Tolerance, values: int = 16
) -> Trials:
    """Run each config, the first one twice, and compare all others with the first.

    Raises what `run_config` raises.
    """

    def run(name: str, loaded: LoadedConfig) -> _Collector:
        collector = _Collector(name)
        run_config(loaded, collector, values=values, digest=True)
        return collector

    first, *others = named
    found = run(*first)
    base = Variant(first[0], found.updates)
    again = Variant(first[0], run(*first).updates)
    variants = [Variant(name, run(name, loaded).updates) for name, loaded in others]
    return Trials(
        variants=[base, *variants],
        noise=compare(base, again, tolerance),
        comparisons=[compare(base, variant, tolerance) for variant in variants],
        synthetic=found.synthetic,
    )
