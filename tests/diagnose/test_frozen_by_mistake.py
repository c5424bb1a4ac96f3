"""What is frozen by mistake is told at the line that freezes it, where the file has one alone."""

from __future__ import annotations

import pytest
from harness import FOLDER, judge_case


@pytest.mark.parametrize("case", ["bug_wrong_way_round.py", "bug_body_given_for_head.py"])
def test_the_line_that_freezes_is_named(case):
    path = FOLDER / "frozen_by_mistake" / case
    (found,) = [each for each in judge_case(path).findings if each.code == "BT205"]
    line = path.read_text().splitlines()[int(found.where.rpartition(":")[2]) - 1]
    assert "requires_grad" in line and "False" in line
