"""What an option leaves out of a training is missed in no optimizer."""

from __future__ import annotations

import torch
from torch import nn

import backtrace
from backtrace.diagnose.rules.optimizers.in_no_optimizer import RULE
from backtrace.diagnose.stretch import make_stretch


def learning(model: nn.Module, *, train_bn: bool) -> list[nn.Parameter]:
    norms = {id(each) for each in model[1].parameters()}
    return [each for each in model.parameters() if train_bn or id(each) not in norms]


def test_norms_that_an_option_leaves_out_are_not_missed_in_the_optimizer():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    with backtrace.record() as trace:
        optimizer = torch.optim.SGD(learning(model, train_bn=False), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.randn(8, 3)).square().mean().backward()
            optimizer.step()
    assert list(RULE.check(make_stretch(trace.events))) == []
