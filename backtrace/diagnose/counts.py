"""Says over which updates the counts of a finding go: of a long run a rule looks at a part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from backtrace.diagnose.needs import CENSUS, UNEXPLAINED
from backtrace.diagnose.rule import Finding, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import StepsPassed

# Evidence that counts what a stretch holds. Numbers of one update, of one graph or of the model are
# the same however much was looked at, and "looked at" is said of what is read now and then only.
_COUNTS = frozenset(
    {
        "backwards without a step",
        "batches alike",
        "batches drawn",
        "batches of one class",
        "batches of one row",
        "calls",
        "calls without gradients",
        "classes seen",
        "losses not finite",
        "optimizers made",
        "passes",
        "steps",
        "steps left out",
        "steps of the first",
        "steps without a backward",
        "times changed",
        "times set back",
        "updates",
        "updates in evaluation mode",
        "updates on the same batch",
        "updates seen",
        "updates that repeat",
        "updates with a gradient",
        "updates with evaluation",
        "updates with gradient",
        "updates with new models",
    }
)
# Words that are such a count in these rules, and something else in others.
_OF_RULES = {
    "batches": ("BT306", "BT409"),
    "targets": ("BT405",),
    "times": ("BT101", "BT455", "BT474", "BT520"),
}


def counted_names(code: str, evidence: Mapping[str, float | int | str]) -> list[str]:
    """Return which numbers of a finding of a rule count what the rule looked at."""
    return [name for name in evidence if name in _COUNTS or code in _OF_RULES.get(name, ())]


def mark_counts(finding: Finding, rule: Rule, run: Stretch) -> Finding:
    """Return a finding that says over which updates it counts, where these are not all.

    Rules that read the census count over the whole run.
    """
    is_total = CENSUS in rule.needs or UNEXPLAINED in rule.needs
    if is_total or finding.counted or not counted_names(finding.code, finding.evidence):
        return finding
    return replace(finding, counted=span_of(run))


def span_of(run: Stretch) -> tuple[int, int]:
    """Return the numbers of the first and the last update of a stretch, of all optimizers."""
    before = sum(run.passed.values())
    passed = sum(event.count for event in run.of(StepsPassed))
    return before + 1, before + passed + sum(1 for _ in run.of(StepTaken))
