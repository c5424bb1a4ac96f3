"""Outcomes as JUnit XML, which CI servers show as tests."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from backtrace.check.outcome import Outcome
from backtrace.check.terminal import details_text
from backtrace.check.wording import describe_target, reason_in_short
from backtrace.printable import literal, literal_lines


def outcomes_to_junit(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return a document with a test case per target."""
    counts = {
        "tests": len(outcomes),
        "failures": sum(outcome.status == "failed" for outcome in outcomes),
        "errors": sum(outcome.status == "broken" for outcome in outcomes),
        "skipped": 0,
    }
    head = {"name": "backtrace check", **{name: str(count) for name, count in counts.items()}}
    head["time"] = f"{seconds:.3f}"
    root = ElementTree.Element("testsuites", head)
    suite = ElementTree.SubElement(root, "testsuite", head)
    for outcome in outcomes:
        suite.append(_case(outcome))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(outcome: Outcome) -> ElementTree.Element:
    facts = {
        "classname": "backtrace.check",
        "name": outcome.target,
        "file": outcome.path,
        "time": f"{outcome.seconds:.3f}",
    }
    case = ElementTree.Element("testcase", {k: literal(v) for k, v in facts.items()})
    if outcome.status == "passed":
        ElementTree.SubElement(case, "system-out").text = literal_lines(describe_target(outcome))
    else:
        name = "error" if outcome.error else "failure"
        kind = "could not run" if outcome.error else "findings or a missed expectation"
        told = {"message": literal_lines(reason_in_short(outcome)), "type": kind}
        ElementTree.SubElement(case, name, told).text = literal_lines(details_text(outcome))
    return case
