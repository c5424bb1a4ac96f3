"""Outcomes in words that every report uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from backtrace.check.outcome import Outcome, Status
from backtrace.diagnose.rule import Finding
from backtrace.language import localized, translated
from backtrace.printable import literal
from backtrace.show.content.counted import counted
from backtrace.show.content.diagnosis import codes_of, reason_texts

STATES: dict[Status, str] = {
    "passed": "passed",
    "failed": "failed",
    "broken": "could not run",
}


def describe_target(outcome: Outcome) -> str:
    """Return what a target's line says behind its name."""
    parts = [counted(outcome.diagnosis.updates, "update")] if not outcome.error else []
    parts.append(reason_in_short(outcome))
    if outcome.expected:
        parts.append(localized(f"{', '.join(codes_of(outcome.expected))} as expected"))
    if outcome.accepted:
        parts.append(localized(f"{counted(len(outcome.accepted), 'finding')} in the baseline"))
    parts.append("; ".join(map(localized, outcome.remark.split("; "))))
    return " · ".join(filter(None, parts))


def reason_in_short(outcome: Outcome) -> str:
    """Return in one line why a target is not in order; '' if it is."""
    if outcome.error:
        return localized(f"could not run: {literal(outcome.error.strip().splitlines()[0])}")
    parts = codes_of(outcome.diagnosis.alarms)
    parts += list(dict.fromkeys(missed.key for missed in outcome.missed))
    return ", ".join(parts)


def describe_total(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return `14 targets: 12 passed, 1 failed, 1 could not run (31.2 s).`"""
    counts = Counter(outcome.status for outcome in outcomes)
    told = [
        f"{counts[status]} {translated(words)}"
        for status, words in STATES.items()
        if counts[status]
    ]
    targets = counted(len(outcomes), "target")
    return localized(f"{targets}: {translated(', ').join(told)} ({seconds:.1f} s).")


def describe_unchecked(outcomes: Sequence[Outcome]) -> list[str]:
    """Return which rules could not judge every target, and why."""
    missing = dict.fromkeys(each for outcome in outcomes for each in outcome.diagnosis.not_checked)
    return [localized(f"Not checked everywhere: {text}") for text in reason_texts(list(missing))]


def describe_finding(finding: Finding) -> str:
    """Return a finding in a sentence, with what to do."""
    message = finding.message.rstrip(".")
    return f"{message}. {finding.fix[:1].upper()}{finding.fix[1:]}".rstrip(".") + "."
