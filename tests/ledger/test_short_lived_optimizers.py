"""Optimizers that are made, step a few times and are let go of: each costs as much as the first."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import StepTaken
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.open_update import OpenUpdate
from backtrace.ledger.state_facts import OptimizerGone
from backtrace.tracefile import open_trace


def adapt(model, times):
    """Train as many copies of a model, each by an optimizer of its own."""
    meta = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(times):
        fast = copy.deepcopy(model)
        inner = torch.optim.SGD(fast.parameters(), lr=0.1)
        for _ in range(2):
            inner.zero_grad()
            fast(torch.ones(2, 3)).square().mean().backward()
            inner.step()
        fast.zero_grad()
        fast(torch.ones(2, 3)).square().mean().backward()
        for parameter, other in zip(model.parameters(), fast.parameters(), strict=True):
            parameter.grad = other.grad.clone()
        meta.step()


@pytest.fixture(scope="module")
def adapted(tmp_path_factory):
    path = tmp_path_factory.mktemp("adapted") / "a.trace"
    model = nn.Linear(3, 1)
    with backtrace.record(model, file=path) as trace:
        adapt(model, 12)
    return trace, path


def test_an_optimizer_that_is_gone_is_written_once_and_steps_no_more(adapted):
    trace, _ = adapted
    gone = [event.optimizer for event in trace.events if isinstance(event, OptimizerGone)]
    assert len(gone) == 11 and len(set(gone)) == 11  # of the last nobody can tell
    last = {event.optimizer: event.index for event in trace.events if isinstance(event, StepTaken)}
    assert all(
        event.index > last[event.optimizer]
        for event in trace.events
        if isinstance(event, OptimizerGone)
    )


def test_no_event_is_entered_into_more_updates_than_there_are_optimizers(adapted, monkeypatch):
    trace, _ = adapted
    entered = []
    take = OpenUpdate.take
    monkeypatch.setattr(OpenUpdate, "take", lambda *given: (entered.append(1), take(*given))[1])
    ledger = Ledger()
    for event in trace.events:
        list(ledger.take(event))
    assert len(entered) <= 3 * len(trace.events)  # the two that live, and one that is gone


def test_updates_of_the_file_are_those_of_the_run(adapted):
    trace, path = adapted
    wanted = list(map(repr, trace.updates))
    with open_trace(path) as file:
        assert list(map(repr, file.updates)) == wanted
        assert [repr(file.updates[at]) for at in range(len(wanted))] == wanted
