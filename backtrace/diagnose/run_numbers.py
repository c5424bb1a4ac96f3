"""Which update of the whole run a finding is of: those of all optimizers are counted in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backtrace.diagnose.rule import Finding
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import StepsPassed


def number_in_run(finding: Finding, runs: Sequence[Stretch]) -> Finding:
    """Return the finding with its number among the updates of all optimizers."""
    several = {event.optimizer for run in runs for event in run.steps}
    if not finding.optimizer or len(several) < 2:
        return finding
    total = 0
    for run in runs:
        own, total = run.passed.get(finding.optimizer, 0), sum(run.passed.values())
        for event in run.events:
            if not isinstance(event, StepTaken | StepsPassed):
                continue
            count = event.count if isinstance(event, StepsPassed) else 1
            total += count
            own += count if event.optimizer == finding.optimizer else 0
            if own >= finding.update and event.optimizer == finding.optimizer:
                return replace(finding, in_run=total - (own - finding.update))
    return replace(finding, in_run=total + 1)  # its step never came
