"""Where the data of a batch cannot be read: said of what could be, passed by where torch cannot."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader

import backtrace
from backtrace.ledger.events import StepTaken, Unseen
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.recording.kernels import fingerprints


def train(data):
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for batch in DataLoader(data, batch_size=2):
        optimizer.zero_grad()
        model(batch.abs()).sum().backward()
        optimizer.step()


def test_a_failure_of_ours_is_said(monkeypatch):
    def fail(source):
        raise RuntimeError("a fault")

    monkeypatch.setattr(fingerprints, "_choose", fail)
    with backtrace.record() as trace:
        train(torch.ones(2, 3))
    assert [event for event in trace.events if isinstance(event, StepTaken)]
    assert any("a fault" in event.reason for event in trace.events if isinstance(event, Unseen))


@pytest.mark.parametrize("make", [torch.Tensor.conj, torch._neg_view])
def test_a_view_that_torch_gives_no_bytes_of_is_passed_by(make):
    with backtrace.record() as trace:
        train([make(torch.ones(3, dtype=torch.complex64)) for _ in range(2)])
    assert [event for event in trace.events if isinstance(event, BatchDrawn)]
    assert not [event for event in trace.events if isinstance(event, Unseen)]


def test_a_tensor_without_numbers_is_no_failure():
    assert fingerprints.read_fingerprint([torch._efficientzerotensor(4)], None)() == ""


def test_a_tensor_that_vmap_wrapped_is_no_failure():
    def look(row):
        found.append(fingerprints.read_fingerprint([row], None)())
        return row

    found = []
    torch.func.vmap(look)(torch.ones(2, 3))
    assert found == [""]


def test_a_model_that_vmap_calls_is_recorded():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record() as trace:
        for _ in range(2):
            optimizer.zero_grad()
            torch.func.vmap(model)(torch.randn(5, 3)).mean().backward()
            optimizer.step()
    assert [type(event) for event in trace.events].count(StepTaken) == 2
    assert not [event for event in trace.events if isinstance(event, Unseen)]
