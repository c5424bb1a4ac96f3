"""Every case script gives the findings that its first lines name, and no alarm beyond them."""

from __future__ import annotations

import pytest
from harness import FOLDER, find_cases, judge_case, read_expectation

CASES = find_cases()


@pytest.mark.parametrize("path", CASES, ids=[str(p.relative_to(FOLDER)) for p in CASES])
def test_a_case_is_judged_as_it_expects(path):
    outcome = judge_case(path)
    assert not outcome.mistakes, outcome.describe()


@pytest.mark.parametrize("path", CASES, ids=[str(p.relative_to(FOLDER)) for p in CASES])
def test_a_case_says_what_it_is(path):
    expected = read_expectation(path)
    assert bool(expected.codes) == path.name.startswith("bug_")
    if path.name.startswith("bug_"):
        assert expected.source
        assert (path.parent / path.name.replace("bug_", "fixed_", 1)).exists()
