"""Outcomes as GitHub Actions shows them: annotations on lines, and the summary of a step."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from backtrace.check.location import ReportLocation, find_error_location, find_location
from backtrace.check.outcome import Outcome
from backtrace.check.wording import (
    STATES,
    describe_finding,
    describe_target,
    describe_total,
    describe_unchecked,
)
from backtrace.printable import literal_lines
from backtrace.show.markdown.findings import findings_to_markdown
from backtrace.show.markdown.markdown import code, escape


@contextmanager
def no_commands(environment: Mapping[str, str], write: Callable[[str], object]) -> Iterator[None]:
    """Have the runner obey nothing that is printed inside: names may look like its commands."""
    if not is_github(environment):
        yield
        return
    key = secrets.token_hex()
    write(f"::stop-commands::{key}")
    try:
        yield
    finally:
        write(f"::{key}::")


def is_github(environment: Mapping[str, str]) -> bool:
    """Whether this runs in GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


def make_annotations(outcomes: Sequence[Outcome], workspace: str = "") -> Iterator[str]:
    """Give a workflow command per finding, missed expectation and target that could not run.

    `workspace` is the repository's folder, which paths in annotations begin at.
    """
    for outcome in outcomes:
        if outcome.error:
            title = f"{outcome.target} could not run"
            yield _command("error", find_error_location(outcome), title, outcome.error, workspace)
        for missed in outcome.missed:
            place = find_location(outcome, missed.where)
            yield _command("error", place, missed.key, missed.message, workspace)
        for finding in outcome.diagnosis.alarms:
            place = find_location(outcome, finding.where)
            title = f"{finding.code} {finding.pattern}"
            text = describe_finding(finding)
            yield _command(finding.severity, place, title, text, workspace)


def _command(level: str, place: ReportLocation, title: str, message: str, workspace: str) -> str:
    file = place.file
    if workspace:
        near = os.path.relpath(Path.cwd() / file, workspace)
        file = file if near.startswith("..") else Path(near).as_posix()
    facts = {"file": file, "line": str(place.line), "title": title}
    told = ",".join(f"{name}={_escape_property(value)}" for name, value in facts.items())
    return f"::{level} {told}::{_escape(message)}"


def _escape(text: str) -> str:
    return literal_lines(text).replace("%", "%25").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the step's summary as Markdown: a table of targets, and what is wrong with some."""
    lines = ["## backtrace check", "", describe_total(outcomes, seconds), ""]
    lines += ["| target | | time | |", "|---|---|---|---|"]
    for outcome in outcomes:
        cells = [code(outcome.target), f"**{STATES[outcome.status]}**"]
        cells += [f"{outcome.seconds:.1f} s", escape(describe_target(outcome))]
        lines.append(f"| {' | '.join(cells)} |")
    parts = ["\n".join(lines)]
    for outcome in outcomes:
        if not outcome.is_clean:
            parts += [f"### {escape(outcome.target)}", *_details(outcome)]
    unchecked = describe_unchecked(outcomes)
    return "\n\n".join([*parts, *unchecked]) + "\n"


def _details(outcome: Outcome) -> Iterator[str]:
    if outcome.error:
        yield _fence("\n".join(filter(None, [outcome.error, outcome.output])))
    if outcome.missed:
        yield "\n".join(
            f"- {code(m.key)}: {escape(m.message)} ({code(m.where)})" for m in outcome.missed
        )
    if outcome.diagnosis.alarms:
        yield findings_to_markdown(outcome.diagnosis).replace("### ", "#### ").rstrip()


def _fence(text: str) -> str:
    text, marks = literal_lines(text), "```"
    while marks in text:
        marks += "`"
    return f"{marks}text\n{text}\n{marks}"
