"""A finding of a second optimizer is said to come first in the update of the run that it is in."""

from __future__ import annotations

from harness import FOLDER, judge_case

from backtrace.diagnose.history import History
from backtrace.diagnose.rule import Rule
from backtrace.diagnose.run_numbers import number_in_run
from backtrace.show.content.diagnosis import place_text, verdict_text

RULE = Rule("BT516", "made-up", "warning", lambda run: iter(()), "")


def test_the_verdict_counts_the_steps_of_the_optimizer_before():
    outcome = judge_case(FOLDER / "rate_begun_anew" / "bug_lambda.py")
    (found,) = outcome.findings
    assert (found.update, found.in_run) == (1, 7)
    assert verdict_text(outcome.diagnosis).endswith("in 10 updates, the first at update 7.")
    assert "· update 1 of its optimizer, 7 of the run ·" in place_text(found)


def test_a_long_run_is_counted_over_what_was_not_kept():
    events = judge_case(FOLDER / "rate_begun_anew" / "bug_lambda.py").events
    history = History(full=2)
    for event in events:
        history.take(event)
    found = RULE.found("", "", 3, optimizer="optimizer[1]")
    assert number_in_run(found, history.stretches()).in_run == 9


def test_of_one_optimizer_both_numbers_are_one():
    (found,) = judge_case(FOLDER / "untouched_statistics" / "bug_ema.py").findings
    assert found.in_run is None
