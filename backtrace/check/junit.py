"""Outcomes as JUnit XML, which CI servers show as tests."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from backtrace.check.outcome import Outcome
from backtrace.check.terminal import details_text
from backtrace.check.wording import describe_target, reason_in_short


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
    case = ElementTree.Element("testcase", {k: _legal(v) for k, v in facts.items()})
    if outcome.status == "passed":
        ElementTree.SubElement(case, "system-out").text = _legal(describe_target(outcome))
    else:
        name = "error" if outcome.error else "failure"
        kind = "could not run" if outcome.error else "findings or a missed expectation"
        told = {"message": _legal(reason_in_short(outcome)), "type": kind}
        ElementTree.SubElement(case, name, told).text = _legal(details_text(outcome))
    return case


def _legal(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold, whatever is written."""
    return "".join(
        c if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
        else "\ufffd"
        for c in text
    )  # fmt: skip
