"""What experiments came to, in words."""

from __future__ import annotations

from backtrace.language import localized
from backtrace.ledger.experiment_facts import ExperimentEnded


def describe_ending(ended: ExperimentEnded) -> str:
    """Say in a sentence what an experiment came to."""
    failed = " could not be carried out" if ended.failed else ""
    return localized(f"Experiment {ended.experiment}{failed}: {ended.failed or ended.said}.")
