from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from made_outcomes import FINDING, WARNING, outcomes
from rich.console import Console

from backtrace.check.baseline import Baseline, identify
from backtrace.check.github import make_annotations, summary
from backtrace.check.junit import outcomes_to_junit
from backtrace.check.outcome import Outcome
from backtrace.check.reports import Reports, write_reports
from backtrace.check.run import exit_code
from backtrace.check.sarif import outcomes_to_sarif
from backtrace.check.terminal import Terminal, details_text
from backtrace.diagnose.catalogue import load_all_rules
from backtrace.diagnose.rule import NotChecked
from backtrace.errors import UsageError

SCHEMA = Path(__file__).parent / "sarif-schema-2.1.0.json"


@pytest.fixture(autouse=True)
def _files():
    Path("my train,py.py").write_text("pass\n" * 9)
    Path("sub").mkdir()
    Path("sub/net.yaml").write_text("a: 1\n" * 9)


def test_exit_codes():
    fine, finding, missed, broken = outcomes()
    assert exit_code([fine]) == 0
    assert exit_code([fine, finding]) == exit_code([missed]) == 1
    assert exit_code([finding, broken, fine]) == 2


# -- JUnit ----------------------------------------------------------------------------------


def test_junit_has_a_test_case_per_target():
    root = ElementTree.fromstring(outcomes_to_junit(outcomes(), 3.25).encode())
    assert root.tag == "testsuites"
    (suite,) = root
    counted = {"tests": "4", "failures": "2", "errors": "1", "skipped": "0", "time": "3.250"}
    for node in (root, suite):
        assert counted.items() <= node.attrib.items()
    cases = {case.get("name"): case for case in suite}
    assert list(cases) == ["fine.yaml", "my train,py.py", "sub/net.yaml", "bad|name.py"]
    assert [case.get("time") for case in suite] == ["1.500", "2.000", "0.250", "0.100"]
    children = [[child.tag for child in case] for case in suite]
    assert children == [["system-out"], ["failure"], ["failure"], ["error"]]
    failure = cases["my train,py.py"].find("failure")
    assert failure.get("message") == "BT101" and failure.get("type")
    assert "call zero_grad" in failure.text
    assert "second: line" in cases["bad|name.py"].find("error").text


def test_junit_holds_no_character_that_xml_cannot():
    text = outcomes_to_junit(outcomes(), 0)
    assert "\x1b" not in text
    ElementTree.fromstring(text.encode())


# -- SARIF ----------------------------------------------------------------------------------


@pytest.fixture
def sarif():
    return json.loads(outcomes_to_sarif(outcomes()))


def test_sarif_is_valid_against_the_official_schema(sarif):
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    checker = jsonschema.FormatChecker()
    jsonschema.Draft7Validator(schema, format_checker=checker).validate(sarif)
    jsonschema.Draft7Validator(schema).validate(json.loads(outcomes_to_sarif([])))
    broken = {**sarif, "version": "2.0.0"}
    assert not jsonschema.Draft7Validator(schema).is_valid(broken)


def test_sarif_names_all_rules_and_each_result_points_to_its_own(sarif):
    (run,) = sarif["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in rules} == {*load_all_rules(), "expect"}
    for rule in rules:
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_results_are_where_they_belong(sarif):
    (run,) = sarif["runs"]
    places = [
        (
            result["ruleId"],
            result["level"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in run["results"]
    ]
    assert places == [
        ("BT101", "error", "my%20train%2Cpy.py", 7),
        ("BT204", "warning", "sub/net.yaml", 1),
        ("expect", "error", "sub/net.yaml", 9),
    ]
    assert "suppressions" not in run["results"][0]
    assert run["results"][1]["suppressions"][0]["kind"] == "external"
    assert run["invocations"][0]["executionSuccessful"] is False
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "exit code 1" in told["message"]["text"]


def test_a_fingerprint_survives_a_line_that_moves_and_numbers_that_change(sarif):
    moved = replace(FINDING, where="my train,py.py:70", update=3, message="other", evidence={})
    other = replace(FINDING, parameters=("fc.weight",))
    known = identify("a.py", FINDING).fingerprint
    assert identify("a.py", moved).fingerprint == known
    assert identify("a.py", other).fingerprint != known
    assert identify("b.py", FINDING).fingerprint != known
    prints = [r["partialFingerprints"]["backtraceFinding/v1"] for r in sarif["runs"][0]["results"]]
    assert len(set(prints)) == len(prints)


# -- GitHub ---------------------------------------------------------------------------------


def test_annotations_are_escaped_and_in_order():
    assert list(make_annotations(outcomes())) == [
        "::error file=my train%2Cpy.py,line=7,title=BT101 never-cleared::step 2 read what step 1 "
        "had read: 50%25, no less. Call zero_grad.",
        "::error file=sub/net.yaml,line=9,title=expect.loss.falls_by::it rose",
        "::error file=bad|name.py,line=1,title=bad|name.py could not run"
        "::exit code 1%0Asecond: line",
    ]


def test_a_mistake_in_a_config_is_where_it_is():
    error = "sub/net.yaml:6:3: expect.updates: the number 0\n    it must be at least 1"
    (line,) = make_annotations([Outcome("sub/net.yaml", "sub/net.yaml", error=error)])
    assert line.startswith("::error file=sub/net.yaml,line=6,title=sub/net.yaml could not run::")


def test_annotations_begin_at_the_repository(tmp_path):
    (line, *_) = make_annotations(outcomes(), str(tmp_path.parent))
    assert line.startswith(f"::error file={tmp_path.name}/my train%2Cpy.py,line=7,")


def test_the_summary_has_a_row_per_target_and_what_is_wrong():
    text = summary(outcomes(), 3.0)
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) == 4
    assert all(row.replace("\\|", "").count("|") == 5 for row in rows)
    assert "### my train,py.py" in text and "#### Verdict" in text
    assert "- `expect.loss.falls_by`: it rose" in text
    assert "```text\nexit code 1\nsecond: line\n" in text
    assert "### fine.yaml" not in text


def test_details_hold_no_escapes():
    text = details_text(outcomes()[3])
    assert "second: line" in text and "\x1b" not in text


def drawn(**options):
    stream = StringIO()
    console = Console(file=stream, width=80, highlight=False, markup=False, emoji=False, **options)
    found = outcomes()
    missing = NotChecked("BT404", "same-batch", "no loader was seen")
    found[0] = replace(found[0], diagnosis=replace(found[0].diagnosis, not_checked=(missing,)))
    with Terminal(console, [outcome.target for outcome in found]) as terminal:
        terminal.tell_running(["fine.yaml", "other.py"])
        for outcome in found:
            terminal.print_line(outcome)
    terminal.print_total(found, 3.25)
    return stream.getvalue()


def test_lines_are_aligned_and_the_total_says_what_was_not_checked():
    lines = drawn().splitlines()
    assert lines[:4] == [
        "passed  fine.yaml         1.5 s  5 updates",
        "failed  my train,py.py    2.0 s  5 updates · BT101",
        "failed  sub/net.yaml      0.2 s  5 updates · expect.loss.falls_by · 1 finding in the "
        "baseline",
        "broken  bad|name.py       0.1 s  could not run: exit code 1",
    ]
    assert lines[-2] == "4 targets: 1 passed, 2 failed, 1 could not run (3.2 s)."
    assert lines[-1] == "Not checked everywhere: no loader was seen (BT404)"


def test_a_terminal_shows_what_runs_and_a_file_does_not():
    assert "of 4" not in drawn()
    assert "0 of 4 · fine.yaml, other.py" in drawn(force_terminal=True, color_system=None)


def test_a_warning_is_a_failure_and_a_note_is_none():
    fine = outcomes()[0]
    assert fine.status == "passed"
    diagnosis = replace(fine.diagnosis, findings=(WARNING,))
    assert replace(fine, diagnosis=diagnosis).status == "failed"


def test_a_report_that_cannot_be_written_leaves_the_others(tmp_path):
    found = Reports(Path("/dev/full"), tmp_path / "s.json", Path("/dev/full"), True)
    with pytest.raises(UsageError) as error:
        list(write_reports(found, outcomes(), 1.0, Baseline()))
    told = str(error.value).splitlines()
    assert [line.partition(" ")[0] for line in told] == ["--junit", "--baseline"]
    assert all("No space left on device" in line for line in told)
    assert (tmp_path / "s.json").read_text() == outcomes_to_sarif(outcomes())
