"""What makes zeros of gradients is named where the graph or the values tell."""

from __future__ import annotations

import pytest
from harness import FOLDER, judge_case


@pytest.mark.parametrize(
    ("case", "cause", "cure"),
    [
        ("bug_rounded_weights.py", "RoundBackward0 lies between", "x + (x.round() - x).detach()"),
        ("bug_softmax_over_one_score.py", "a softmax over one element lies", "has several"),
        ("bug_attention_over_one_pair.py", "a softmax over the only element", "several to weigh"),
        ("bug_two_zero_factors.py", "they began as zeros", "random numbers"),
        ("bug_gate_of_zeros.py", "gate.0.weight, gate.2.weight began as", "at most the last"),
        ("bug_decoder_given_zeros.py", "what ahead is given is zero", "targets[:, :-1]"),
        ("bug_first_layers_state.py", "of a layer below them alone", "h_n[-1]"),
        ("bug_gate_clamped.py", "a clamp(min=", "begin within them, bound smoothly"),
    ],
)
def test_the_cause_is_named(case, cause, cure):
    outcome = judge_case(FOLDER / "part_unlearned" / case)
    (found,) = [each for each in outcome.findings if each.code == "BT602"]
    assert cause in found.message
    assert cure in found.fix


def test_a_long_run_is_told_its_cause_as_a_short_one(tmp_path):
    """Graphs are read whole at first, and then ever more rarely: not at the end of this one."""
    text = (FOLDER / "part_unlearned" / "bug_rounded_weights.py").read_text()
    path = tmp_path / "bug_rounded_weights.py"
    path.write_text(text.replace("range(6)", "range(240)"))
    (found,) = [each for each in judge_case(path).findings if each.code == "BT602"]
    assert "RoundBackward0 lies between" in found.message
