"""What stands first on the page: the verdict, why, and what to do next, as plain data."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.diagnose.catalogue import load_all_rules
from backtrace.diagnose.causes import Cause, find_causes
from backtrace.diagnose.rule import Finding, Rule
from backtrace.diagnose.rule_page import first_line, headings
from backtrace.language import translated
from backtrace.ledger.trace import Trace
from backtrace.show.content.cells import literal
from backtrace.show.content.census import census_parts
from backtrace.show.content.counted import counted
from backtrace.show.content.diagnosis import (
    FOREMOST,
    checked_text,
    codes_of,
    evidence_text,
    explained_text,
    fix_text,
    message_text,
    names_text,
    reason_texts,
    verdict_text,
)
from backtrace.show.content.rule_pages import page_section
from backtrace.show.html.gather import ReportData
from backtrace.show.source_line import read_line


def verdict_to_dict(found: ReportData, trace: Trace) -> dict[str, object]:
    """Return the verdict in words; `severity` is the worst there is, `clean` or `empty`."""

    def tell(cause: Cause) -> dict[str, object]:
        return _cause(cause, read_line(trace, cause.finding.where))

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
        "why": [tell(each) for each in causes[:FOREMOST]],
        "also": [tell(each) for each in causes[FOREMOST:]],
        "notes": [tell(Cause(finding)) for finding in diagnosis.notes],
        "pages": _pages(diagnosis.findings),
        "census": census_parts(diagnosis.census),
        "books": _books(found),
        "books_ok": not found.unbalanced,
        "checked": checked_text(diagnosis, notes=True),
        "unchecked": reason_texts(diagnosis.not_checked, most=None),
    }


def _pages(findings: Sequence[Finding]) -> dict[str, object]:
    """Return the page of each rule that found something: its first sentence, and its sections."""
    rules = load_all_rules()
    return {code: _page(rules[code]) for code in codes_of(findings) if code in rules}


def _page(rule: Rule) -> dict[str, object]:
    sections = [
        {
            "heading": translated(heading),
            "blocks": [list(block) for block in page_section(rule, heading)],
        }
        for heading in headings(rule)
    ]
    return {"title": translated(first_line(rule)), "sections": sections}


def _cause(cause: Cause, line: str) -> dict[str, object]:
    finding = cause.finding
    return {
        "severity": finding.severity,
        "code": finding.code,
        "pattern": finding.pattern,
        "where": literal(finding.where),
        "line": line,
        "message": message_text(finding),
        "names": names_text(finding.parameters),
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
        return translated("The books do not balance in {count} of {updates}.").format(
            count=found.unbalanced, updates=updates
        )
    if found.unknown:
        return translated(
            "The books balance in {count} of {updates}; "
            "in the others some numbers are not finite, so that nothing can be said."
        ).format(count=found.updates - found.unknown, updates=updates)
    if found.updates == 1:
        return translated("The books balance in the one update.")
    return translated("The books balance in all {updates}.").format(updates=updates)
