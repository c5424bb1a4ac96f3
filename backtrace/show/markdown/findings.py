"""A diagnosis as GitHub Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.causes import Cause, find_causes
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.language import localized, translated
from backtrace.show.content.census import census_parts
from backtrace.show.content.diagnosis import (
    FOREMOST,
    checked_text,
    evidence_text,
    explained_text,
    fix_text,
    message_text,
    place_text,
    reason_texts,
    verdict_text,
)
from backtrace.show.markdown.markdown import escape


def findings_to_markdown(diagnosis: Diagnosis, *, notes: bool = False) -> str:
    """Return a diagnosis under the headings Verdict, Why and Next."""
    causes = find_causes(diagnosis.findings if notes else diagnosis.alarms)
    parts = [f"### {translated('Verdict')}\n\n{escape(verdict_text(diagnosis))}"]
    if census := census_parts(diagnosis.census):
        parts.append("\n".join(f"- {escape(part)}" for part in census))
    if causes:
        why = [_finding(at, cause) for at, cause in enumerate(causes[:FOREMOST], 1)]
        rest = [f"- {escape(_line(cause))}" for cause in causes[FOREMOST:]]
        fixes = [
            f"{at}. {escape(fix_text(cause.finding))}"
            for at, cause in enumerate(causes[:FOREMOST], 1)
        ]
        parts.append(f"### {translated('Why')}\n\n" + "\n".join(why))
        if rest:
            parts.append("\n".join(rest))
        parts.append(f"### {translated('Next')}\n\n" + "\n".join(fixes))
    parts.append("\n".join(f"- {escape(line)}" for line in _checked(diagnosis, notes)))
    return "\n\n".join(parts) + "\n"


def _finding(at: int, cause: Cause) -> str:
    finding = cause.finding
    lines = [place_text(finding), evidence_text(finding), explained_text(cause)]
    below = [f"   - {escape(line)}" for line in lines if line]
    return "\n".join([f"{at}. {escape(message_text(finding))}", *below])


def _line(cause: Cause) -> str:
    return f"{place_text(cause.finding)}: {message_text(cause.finding)}"


def _checked(diagnosis: Diagnosis, notes: bool) -> Iterator[str]:
    yield checked_text(diagnosis, notes=notes)
    for text in reason_texts(diagnosis.not_checked, None):
        yield localized(f"not checked: {text}")
