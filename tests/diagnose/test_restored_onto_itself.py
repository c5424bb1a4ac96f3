"""Two models that are one are told from a state that was kept by reference."""

from __future__ import annotations

import pytest
from harness import FOLDER, judge_case


@pytest.mark.parametrize(
    ("case", "message", "fix"),
    [
        ("bug_target_is_the_model", "have the same parameters", "make the second model"),
        ("bug_target_loads_itself", "have the same parameters", "make the second model"),
        ("bug_best_by_reference", "the 6 steps before it", "keep a copy"),
    ],
)
def test_what_is_said_of_a_state_that_is_the_models_own(case, message, fix):
    found = judge_case(FOLDER / "restored_onto_itself" / f"{case}.py").findings
    (finding,) = [each for each in found if each.code == "BT214"]
    assert message in finding.message
    assert finding.fix.startswith(fix)


def test_a_model_that_is_loaded_from_itself_is_told_to_take_the_other_ones_state():
    path = FOLDER / "restored_onto_itself" / "bug_target_loads_itself.py"
    (found,) = [each for each in judge_case(path).findings if each.code == "BT214"]
    assert found.fix.endswith("load the state_dict() of the other one")
    assert found.message.startswith("load_state_dict gave self.target_net its own tensors")
