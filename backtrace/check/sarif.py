"""Outcomes as SARIF 2.1.0, which code hosts show beside the lines that it points at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from backtrace.check.baseline import identify
from backtrace.check.location import ReportLocation, find_error_location, find_location
from backtrace.check.outcome import Missed, Outcome
from backtrace.check.wording import describe_finding
from backtrace.diagnose.catalogue import load_all_rules
from backtrace.diagnose.rule import Finding, Rule
from backtrace.diagnose.rule_page import first_line, rule_to_markdown
from backtrace.printable import json_text, literal, literal_lines
from backtrace.version import __version__

Json = dict[str, Any]
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_EXPECT = "expect"
_ROOT = "SRCROOT"


def outcomes_to_sarif(outcomes: Sequence[Outcome]) -> str:
    """Return a document with a result per finding and per missed expectation.

    Findings of the baseline are there as suppressed; a target that could not be run is a
    notification of the tool's.
    """
    rules = [*map(_rule, load_all_rules().values()), _EXPECT_RULE]
    at = {rule["id"]: number for number, rule in enumerate(rules)}
    results = [
        {"ruleIndex": at[result["ruleId"]], **result}
        for outcome in outcomes
        for result in _results(outcome)
    ]
    run = {
        "tool": {"driver": {"name": "backtrace", "version": __version__, "rules": rules}},
        "invocations": [_invocation(outcomes)],
        "originalUriBaseIds": {_ROOT: {"description": _text("The working directory.")}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(document, indent=2) + "\n"


def _rule(rule: Rule) -> Json:
    page = rule_to_markdown(rule)
    home = _documentation()
    link = {"helpUri": f"{home}/rules/{rule.code}-{rule.pattern}.md"} if home else {}
    return {
        "id": rule.code,
        "name": rule.pattern.title().replace("-", ""),
        "shortDescription": _text(rule.pattern.replace("-", " ")),
        "fullDescription": _text(first_line(rule)),
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": rule.severity},
        **link,
    }


def _documentation() -> str:
    """Return where the documentation is published, if the installed package says so."""
    try:
        urls = metadata("torch-backtrace").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    found = dict(url.partition(", ")[::2] for url in urls)
    return str(found.get("Documentation", "")).rstrip("/")


def _text(text: str) -> Json:
    return {"text": literal_lines(text)}


_EXPECT_RULE: Json = {
    "id": _EXPECT,
    "name": "Expectation",
    "shortDescription": _text("expectation missed"),
    "fullDescription": _text("A run does not hold what its config's expect block says."),
    "defaultConfiguration": {"level": "error"},
}


def _results(outcome: Outcome) -> Iterator[Json]:
    seen: Counter[str] = Counter()
    for finding in (*outcome.diagnosis.alarms, *outcome.accepted):
        result = _finding(outcome, finding, seen)
        if finding in outcome.accepted:
            why = "it is in the baseline"
            result["suppressions"] = [{"kind": "external", "justification": why}]
        yield result
    yield from (_missed(outcome, missed) for missed in outcome.missed)


def _finding(outcome: Outcome, finding: Finding, seen: Counter[str]) -> Json:
    fingerprint = identify(outcome.target, finding).fingerprint
    seen[fingerprint] += 1
    return {
        "ruleId": finding.code,
        "level": finding.severity,
        "message": _text(describe_finding(finding)),
        "locations": [_location(find_location(outcome, finding.where))],
        "partialFingerprints": {"backtraceFinding/v1": f"{fingerprint}:{seen[fingerprint]}"},
        "properties": {
            "target": literal(outcome.target),
            "update": finding.update,
            "optimizer": literal(finding.optimizer),
            "parameters": [literal(name) for name in finding.parameters],
        },
    }


def _missed(outcome: Outcome, missed: Missed) -> Json:
    return {
        "ruleId": _EXPECT,
        "level": "error",
        "message": _text(f"{missed.key}: {missed.message}"),
        "locations": [_location(find_location(outcome, missed.where))],
        "partialFingerprints": {"backtraceFinding/v1": literal(f"{outcome.target}:{missed.key}")},
        "properties": {"target": literal(outcome.target)},
    }


def _location(place: ReportLocation) -> Json:
    if Path(place.file).is_absolute():
        artifact = {"uri": Path(place.file).as_uri()}
    else:
        artifact = {"uri": quote(place.file, errors="surrogatepass"), "uriBaseId": _ROOT}
    region = {"startLine": place.line}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _invocation(outcomes: Sequence[Outcome]) -> Json:
    broken = [outcome for outcome in outcomes if outcome.error]
    return {
        "executionSuccessful": not broken,
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": _text(f"{outcome.target} could not run: {outcome.error}"),
                "locations": [_location(find_error_location(outcome))],
            }
            for outcome in broken
        ],
    }
