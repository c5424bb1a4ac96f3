"""A program replaces functions of Python's for all: ours are called by the program alone."""

from __future__ import annotations

import builtins
import sys
import time
from collections import Counter
from pathlib import Path

import torch
from torch import nn

import backtrace

NAMES = ("len", "isinstance", "issubclass", "sorted", "getattr", "any", "all", "sum", "max", "open")
OURS = str(Path(backtrace.__file__).parent)


def update(model, optimizer):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(torch.ones(4, 2)), torch.zeros(4, 1)).backward()
    optimizer.step()


def train(monkeypatch):
    """Train with others in the place of Python's functions; return which of ours called one."""
    callers: Counter[tuple[str, str]] = Counter()

    def telling(name, original):
        def told(*args, **kwargs):
            file = sys._getframe(1).f_code.co_filename
            callers[name, file] += file.startswith(OURS)
            return original(*args, **kwargs)

        return told

    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with monkeypatch.context() as patched:
        for name in NAMES:
            patched.setattr(builtins, name, telling(name, getattr(builtins, name)))
        update(model, optimizer)
    return +callers, len(callers), model.weight.tolist()


def test_none_of_ours_calls_what_was_put_in_the_place_of_pythons(monkeypatch):
    bare = train(monkeypatch)
    assert bare[1] > 0  # torch does
    with backtrace.record() as trace:
        recorded = train(monkeypatch)
    assert recorded[0] == {}
    assert recorded[2] == bare[2]
    assert len(trace.updates) == 1


def test_nor_a_clock_that_a_program_has_stopped(monkeypatch):
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    monkeypatch.setattr(time, "perf_counter", lambda: 1 / 0)
    with backtrace.record() as trace:
        update(model, optimizer)
    assert len(trace.updates) == 1
