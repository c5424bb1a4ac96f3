"""A finding stands at the line that is to be changed, not where it was noticed."""

from __future__ import annotations

import pytest
from harness import FOLDER, judge_case


@pytest.mark.parametrize(
    ("code", "case", "line"),
    [
        ("BT422", "reads_the_future/bug_no_mask.py", "self.encoder(self.embedding(ids)"),
    ],
)
def test_the_line_of_the_cause_is_named(code, case, line):
    path = FOLDER / case
    (found,) = [each for each in judge_case(path).findings if each.code == code]
    assert line in path.read_text().splitlines()[int(found.where.rpartition(":")[2]) - 1]
