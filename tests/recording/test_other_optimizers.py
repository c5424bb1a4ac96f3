"""fastai's optimizer, which is none of torch's: its calls are told in the order of the loop.

The stand-in has what is read of fastai 2.8's `Optimizer`: lists of parameters in a list, each in
the `items` of an `L`, and a `zero_grad` and a `step` of its own.
"""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import Edited, GradsZeroed, StepTaken


class L:
    def __init__(self, items):
        self.items = items


class Optimizer:
    __module__ = "fastai.optimizer"

    def __init__(self, parameters, lr):
        self.param_lists, self.lr = L([L(list(parameters))]), lr

    def zero_grad(self):
        for parameter in self.param_lists.items[0].items:
            parameter.grad.detach_()
            parameter.grad.zero_()

    def step(self):
        for parameter in self.param_lists.items[0].items:
            parameter.data.add_(parameter.grad, alpha=-self.lr)


@pytest.fixture
def _fastai(monkeypatch):
    module = ModuleType("fastai.optimizer")
    module.Optimizer = Optimizer
    monkeypatch.setitem(sys.modules, "fastai.optimizer", module)


@pytest.mark.usefixtures("_fastai")
def test_its_calls_are_seen_where_they_are_made():
    own = dict(vars(Optimizer))
    torch.manual_seed(0)
    model, x = nn.Linear(3, 1), torch.randn(8, 3)
    optimizer = Optimizer(model.parameters(), 0.1)
    with backtrace.record() as trace:
        for _ in range(3):
            model(x).pow(2).mean().backward()
            optimizer.step()
            optimizer.zero_grad()
    kinds = [type(e) for e in trace.events if isinstance(e, StepTaken | GradsZeroed | Edited)]
    assert kinds == [StepTaken, GradsZeroed] * 3
    calls = [[call.name for call in update.calls] for update in trace.updates]
    later = ["zero_grad", "forward", "backward", "step"]  # the first backward finds the model
    assert calls == [["backward", "step"], later, later]
    grads = next(e for e in trace.events if isinstance(e, GradsZeroed)).grads
    assert set(grads) == {"weight", "bias"} and grads["weight"].after.zeros == 3
    assert dict(vars(Optimizer)) == own  # nothing is left behind
