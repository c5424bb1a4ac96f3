"""An optimizer that begins without its state is said to keep its rate, or to jump to another."""

from __future__ import annotations

import pytest
from harness import FOLDER, judge_case


@pytest.mark.parametrize(
    ("case", "message", "rates"),
    [
        ("bug_after_milestones", "the rate jumps from 0.0008 in the file to 0.08", (0.0008, 0.08)),
        ("bug_left_out", "at the same rate", (0.01, 0.01)),
    ],
)
def test_what_is_said_of_the_rate(case, message, rates):
    found = judge_case(FOLDER / "optimizer_state_left_out" / f"{case}.py").findings
    (finding,) = [each for each in found if each.code == "BT223"]
    assert message in finding.message
    assert finding.evidence["rate in the file"] == pytest.approx(rates[0])
    assert finding.evidence["rate of first step"] == pytest.approx(rates[1])
