"""What stands first on the page: the verdict, why, and what to do next, as plain data."""

from __future__ import annotations

from backtrace.diagnose.causes import Cause, find_causes
from backtrace.show.content.census import census_parts
from backtrace.show.content.diagnosis import (
    FOREMOST,
    checked_text,
    counted,
    evidence_text,
    explained_text,
    fix_text,
    place_text,
    reason_texts,
    verdict_text,
)
from backtrace.show.html.gather import ReportData


def verdict_to_dict(found: ReportData) -> dict[str, object]:
    """Return the verdict in words; `severity` is the worst there is, `clean` or `empty`."""
    diagnosis = found.diagnosis
    causes = find_causes(diagnosis.alarms)
    severity: str = diagnosis.alarms[0].severity if diagnosis.alarms else "clean"
    if found.unbalanced and not diagnosis.alarms:
        severity = "warning"
    if not diagnosis.updates and not diagnosis.findings:
        severity = "empty"
    return {
        "text": verdict_text(diagnosis),
        "severity": severity,
        "why": [_cause(each) for each in causes[:FOREMOST]],
        "also": [_cause(each) for each in causes[FOREMOST:]],
        "notes": [_cause(Cause(finding)) for finding in diagnosis.notes],
        "census": census_parts(diagnosis.census),
        "books": _books(found),
        "books_ok": not found.unbalanced,
        "checked": checked_text(diagnosis, notes=True),
        "unchecked": reason_texts(diagnosis.not_checked, most=None),
    }


def _cause(cause: Cause) -> dict[str, object]:
    finding = cause.finding
    return {
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "place": place_text(finding),
        "evidence": evidence_text(finding),
        "explains": explained_text(cause),
        "fix": fix_text(finding),
        "update": finding.update,
        "optimizer": finding.optimizer,
        "parameters": list(finding.parameters),
    }


def _books(found: ReportData) -> str:
    """Say in one line whether all accounts add up."""
    if not found.updates:
        return ""
    updates = counted(found.updates, "update")
    if found.unbalanced:
        return f"The books do not balance in {found.unbalanced} of {updates}."
    if found.unknown:
        text = f"The books balance in {found.updates - found.unknown} of {updates}; "
        return text + "in the others some numbers are not finite, so that nothing can be said."
    every = "the one update" if found.updates == 1 else f"all {updates}"
    return f"The books balance in {every}."
