"""What is to be done about a graph that is gone depends on what came between."""

import pytest
from harness import FOLDER, judge_case


@pytest.mark.parametrize(
    ("case", "advice"),
    [
        ("bug_stepped_between_two_losses.py", "go backward from both losses before"),
        ("bug_retained_and_stepped.py", "detach what is carried over"),
        ("bug_hidden_state_carried.py", "detach what is carried over"),
    ],
)
def test_a_step_between_two_losses_is_told_from_what_is_carried_over(case, advice):
    outcome = judge_case(FOLDER / "old_graph" / case)
    (found,) = [each for each in outcome.findings if each.code == "BT307"]
    assert found.fix.startswith(advice)
