"""Which of the user's lines a framework acts upon, where a finding stands at its own call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backtrace.diagnose.graph_lines import lone_line, only_line
from backtrace.diagnose.rule import Finding, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, StepTaken
from backtrace.ledger.source_facts import LineAlone, Lone


def has_framework_train(run: Stretch, where: str) -> bool:
    """Whether a line is that of `trainer.fit(...)` and the like: it goes backward, and steps."""
    return where in run.once(_find_calls)


def _find_calls(run: Stretch) -> frozenset[str]:
    stepped = {event.where for event in run.of(StepTaken)}
    return frozenset(event.where for event in run.of(BackwardRan) if event.where in stepped)


def told_line(run: Stretch, where: str, told: Sequence[Lone]) -> str:
    """Return the one line that tells a framework one of these, if `where` has it train.

    Those of the same file come first, and the first of `told`. Else it is `where`. That of labels
    is told, too, where the line hands them to a model that takes its loss itself.
    """
    is_handed = "labels" in told and where in run.once(_find_handed)
    if is_handed or (told and has_framework_train(run, where)):
        for what in told:
            own = lone_line(run, what, where)
            if own != where:
                return own
        return next((line for what in told if (line := only_line(run, what))), where)
    return where


def _find_handed(run: Stretch) -> frozenset[str]:
    return frozenset(event.where for event in run.of(LineAlone) if event.what == "handed")


def made_line(run: Stretch, where: str, made: str) -> str:
    """Return where a thing was made, if a framework uses it in a line that has it train."""
    return made if made and has_framework_train(run, where) else where


def move_to_told(finding: Finding, rule: Rule, run: Stretch) -> Finding:
    """Return a finding that stands where the user told the framework what the rule speaks of."""
    where = told_line(run, finding.where, rule.told)
    return finding if where == finding.where else replace(finding, where=where)
