"""Whose finding it is: what one rank alone does is told with its number, whichever is shown."""

from __future__ import annotations

import pytest

from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.judge_ranks import join

RULE = load_rules()["BT305"]
FOUND = RULE.found("it is trained in evaluation mode", "call train()", 2, "train.py:7")
SILENT, TOLD = Diagnosis((), ()), Diagnosis((FOUND,), ())


@pytest.mark.parametrize(
    ("own", "other", "are_all", "said"),
    [
        (TOLD, SILENT, True, ["on rank 0: it is trained in evaluation mode"]),
        (SILENT, TOLD, True, ["on rank 1: it is trained in evaluation mode"]),
        (TOLD, TOLD, True, ["it is trained in evaluation mode"]),
        (TOLD, SILENT, False, ["it is trained in evaluation mode"]),  # rank 2 was not asked
    ],
)
def test_a_finding_of_one_rank_names_it(own, other, are_all, said):
    joined = join(own, 0, [(1, other)], SILENT, are_all=are_all)
    assert [each.message for each in joined.findings] == said
