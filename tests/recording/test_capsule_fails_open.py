"""The flight recorder fails at the loop's calls, and the loop goes on as if it were not there."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace
from backtrace.recording.capsule import watch


class Scaled(nn.Module):
    """Is called with a keyword, calls another module, and has a loss of torch's."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(2, 1)

    def forward(self, x, scale=1.0):
        return self.inner(x) * scale


def train():
    torch.manual_seed(0)
    model = Scaled()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        output = model(torch.ones(3, 2), scale=2.0)
        nn.functional.mse_loss(output, torch.zeros(3, 1)).backward()
        optimizer.step()
    return [each.tolist() for each in model.parameters()]


@pytest.mark.parametrize("name", ["_find_kwargs", "is_in_backward"])
def test_a_failing_watch_changes_no_training(tmp_path, monkeypatch, name):
    bare = train()

    def fail():
        raise RuntimeError("a fault")

    monkeypatch.setattr(watch, name, fail)
    with backtrace.record(capsule=tmp_path / "a.capsule") as trace:
        assert train() == bare
    assert len(trace.updates) == 2
