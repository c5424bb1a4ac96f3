"""A finding stands at the line that is to be changed, not where it was noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from harness import FOLDER, judge_case

from backtrace.diagnose.diagnose import diagnose_events
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import SchedulerStepped


def test_a_finding_at_another_line_than_its_case_says_is_a_mistake():
    outcome = judge_case(FOLDER / "never_cleared" / "bug_plain_loop.py")
    assert not outcome.mistakes
    elsewhere = replace(outcome.expected, line="loss.backward()")
    (said,) = replace(outcome, expected=elsewhere).mistakes
    assert said == "BT101 stands at `optimizer.step()`, not at `loss.backward()`"


@pytest.mark.parametrize("case", ["bug_one_cycle_per_epoch", "bug_cosine_of_a_long_run"])
def test_a_schedule_that_a_framework_steps_stands_where_it_was_made(case):
    path = FOLDER / "scheduler_period" / f"{case}.py"
    events = [
        replace(event, where="train.py:9")  # the line that has the framework train
        if isinstance(event, StepTaken | SchedulerStepped)
        else event
        for event in judge_case(path).events
    ]
    (found,) = [each for each in diagnose_events(events).findings if each.code == "BT510"]
    made = path.read_text().splitlines()[int(found.where.rpartition(":")[2]) - 1]
    assert made.startswith("scheduler = torch.optim.lr_scheduler.")
