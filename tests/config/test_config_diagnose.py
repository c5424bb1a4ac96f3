"""`diagnose.ignore` names rules that exist: by code, by the beginning of one, or by pattern."""

from __future__ import annotations

import pytest
from config_examples import SMALL, load_text, problems_of


def test_nothing_is_ignored_unless_told() -> None:
    assert load_text(SMALL).config.diagnose.ignore == []


@pytest.mark.parametrize("name", ["BT101", "BT1", "bt101", "never-cleared"])
def test_a_rule_goes_by_its_code_or_pattern(name: str) -> None:
    loaded = load_text(SMALL + f"diagnose: {{ignore: [{name}]}}\n")
    assert loaded.config.diagnose.ignore == [name]


def test_a_name_that_is_no_rule_is_a_mistake_with_its_place_and_the_near_ones() -> None:
    (problem,) = problems_of(SMALL + "diagnose:\n  ignore: [BT101, never-clear]\n")
    assert problem.key == "diagnose.ignore.1"
    assert problem.where.endswith(":6:19")
    assert "did you mean never-cleared" in problem.found


def test_a_list_belongs_there() -> None:
    (problem,) = problems_of(SMALL + "diagnose: {ignore: BT101}\n")
    assert problem.key == "diagnose.ignore"
    assert "a list belongs here" in problem.hint
