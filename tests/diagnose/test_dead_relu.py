"""A dead ReLU is told by its own cause: zeros on both sides, or a bias that is far below zero."""

from __future__ import annotations

from harness import FOLDER, judge_case

from backtrace.language import localized, using_language


def find(case):
    path = FOLDER / "dead_relu" / case
    (found,) = [each for each in judge_case(path).findings if each.code == "BT504"]
    return found, path.read_text().splitlines()


def test_zeros_on_both_sides_are_named_where_they_were_put():
    found, lines = find("bug_gate_of_zeros.py")
    assert "gate.0.weight, gate.2.weight began as zeros" in found.message
    assert "at most the last" in found.fix
    assert found.parameters[:2] == ("gate.0.weight", "gate.2.weight")
    assert "zeros_(self.gate[0].weight)" in lines[int(found.where.rpartition(":")[2]) - 1]
    with using_language("zh"):
        assert "从零开始" in localized(found.message)


def test_a_bias_far_below_zero_keeps_its_cure():
    found, _ = find("bug_bias_far_below_zero.py")
    assert "began as zeros" not in found.message
    assert "look at the bias" in found.fix


def test_units_that_were_alive_at_first_are_laid_to_the_rate():
    found, _ = find("bug_killed_by_a_large_rate.py")
    assert found.fix.startswith("lower the learning rate of optimizer (now 0.02): most of these")
    with using_language("zh"):
        assert "起初大多是活跃的" in localized(found.fix)
