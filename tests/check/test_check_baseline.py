from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_outcomes import FINDING, WARNING

from backtrace.check.baseline import read_baseline, write_baseline
from backtrace.check.outcome import Outcome
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.errors import UsageError

FILE = Path("known.json")


def outcome(*findings, target="a.py"):
    return Outcome(target, target, diagnosis=Diagnosis(findings=findings, updates=5))


def write(*outcomes):
    baseline = read_baseline(FILE, is_open=True)
    written = [baseline.accept(each) for each in outcomes]
    write_baseline(FILE, baseline.found)
    return written


def test_what_was_written_is_accepted_and_nothing_else():
    (written,) = write(outcome(FINDING))
    assert written.status == "passed"
    moved = replace(FINDING, where="elsewhere.py:99", update=4)
    result = read_baseline(FILE).accept(outcome(moved, WARNING))
    assert result.accepted == (moved,)
    assert result.diagnosis.alarms == (WARNING,)
    assert read_baseline(FILE).accept(outcome(FINDING, target="b.py")).status == "failed"


def test_the_same_finding_in_more_places_than_are_known_is_new():
    write(outcome(FINDING))
    again = replace(FINDING, where="elsewhere.py:99")
    result = read_baseline(FILE).accept(outcome(FINDING, again))
    assert result.accepted == (FINDING,) and result.diagnosis.alarms == (again,)


def test_what_is_gone_is_said_of_targets_that_were_checked_only():
    write(outcome(FINDING, WARNING), outcome(WARNING, target="b.py"))
    baseline = read_baseline(FILE)
    baseline.accept(outcome(WARNING))
    assert [(known.target, known.code) for known in baseline.gone] == [("a.py", "BT101")]


def test_writing_keeps_what_is_known_of_other_targets():
    write(outcome(FINDING), outcome(WARNING, target="b.py"))
    write(outcome(WARNING))
    found = {(known.target, known.code) for known in read_baseline(FILE).found}
    assert found == {("a.py", "BT204"), ("b.py", "BT204")}


def test_a_target_that_could_not_run_says_nothing_of_its_findings():
    write(outcome(FINDING))
    baseline = read_baseline(FILE)
    baseline.accept(replace(outcome(), error="no"))
    assert baseline.gone == () and len(baseline.found) == 1


def test_the_file_is_stable():
    write(outcome(WARNING, FINDING))
    first = FILE.read_text()
    write(outcome(FINDING, WARNING))
    assert FILE.read_text() == first
    assert first.count("\n") == 7


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2, "findings": []}', "\x00"])
def test_a_file_that_is_no_baseline_is_refused(text):
    FILE.write_text(text)
    with pytest.raises(UsageError, match=r"known\.json.*--write-baseline"):
        read_baseline(FILE)


def test_a_file_that_is_not_there_is_refused_unless_it_is_to_be_written():
    with pytest.raises(UsageError, match="there is no such file"):
        read_baseline(FILE)
    assert read_baseline(FILE, is_open=True).found == ()
