"""The same bits and balanced books: a sample of what benchmarks/breadth.py tries in full."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

from broad.judging import Judge
from broad.networks import random_case
from broad.odd_loops import odd_cases

DYNAMO = ("torch.compile", "TorchScript")  # what they import takes seconds


@pytest.mark.parametrize("seed", range(12))
def test_random_networks(seed):
    case = random_case(seed)
    assert Judge().judge(case)[0] in ("same", "not made", "odd"), case.name


@pytest.mark.parametrize("case", list(odd_cases()), ids=lambda case: case.name)
def test_odd_loops(case):
    if case.name not in DYNAMO:
        assert Judge().judge(case)[0] == ("unseen" if case.unseen else "same")
