"""A program replaces functions of Python's for all: ours go on with Python's own clocks."""

from __future__ import annotations

import time

import torch
from torch import nn

import backtrace


def test_a_clock_that_a_program_has_stopped_is_not_asked(monkeypatch):
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    monkeypatch.setattr(time, "perf_counter", lambda: 1 / 0)
    with backtrace.record() as trace:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(torch.ones(4, 2)), torch.zeros(4, 1)).backward()
        optimizer.step()
    assert len(trace.updates) == 1
