"""Layers in reentrant checkpoints that are never run again are told how to be."""

from __future__ import annotations

import pytest
from harness import FOLDER, judge_case


@pytest.mark.parametrize(
    ("folder", "code"), [("no_gradient", "BT204"), ("loss_reaches_nothing", "BT301")]
)
def test_the_cure_is_that_of_checkpoints(folder, code):
    (found,) = judge_case(FOLDER / folder / "bug_reentrant_checkpoints.py").findings
    assert found.code == code
    assert found.fix.startswith("checkpoint with use_reentrant=False")
