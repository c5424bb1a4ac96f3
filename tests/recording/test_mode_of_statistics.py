"""An untouched batch norm is told with its model, and the line that ended its training mode."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from torch import nn

import backtrace
from backtrace.ledger.layer_facts import StatisticsUntouched

FIRST = "        averaged.eval()"


class Averaged(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = copy.deepcopy(model)

    def forward(self, x):
        return self.model(x)


def test_a_second_eval_is_not_what_put_it_into_evaluation_mode():
    with backtrace.record() as trace:
        model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
        averaged = Averaged(model)
        averaged.eval()
        with torch.no_grad():
            averaged.model[1].weight.mul_(2.0)
            averaged.eval()
            averaged(torch.ones(4, 2))
    (told,) = [each for each in trace.events if isinstance(each, StatisticsUntouched)]
    line = Path(__file__).read_text(encoding="utf-8").splitlines().index(FIRST) + 1
    assert (told.model, told.mode_set.rpartition(":")[2]) == ("Averaged", str(line))
