"""Optimizers that are made, step a few times and are let go of: each costs as much as the first."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.calls import call_of
from backtrace.ledger.draft_row import DraftRow
from backtrace.ledger.events import StepTaken
from backtrace.ledger.ledger import Ledger, build_updates
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


def test_what_optimizers_share_is_entered_once_and_let_go_of(adapted):
    trace, _ = adapted
    ledger = Ledger()
    for event in trace.events:
        list(ledger.take(event))
    calls = sum(call_of(event) is not None for event in trace.events)
    assert len(ledger._books.listed) <= 80 < calls / 1.5  # they are let go of some at a time
    assert max(map(len, ledger._books.rows._of.values())) <= 3


def step_in_turn(count, times):
    """Return the events of as many optimizers of one parameter each, stepped one by one."""
    parameters = [nn.Parameter(torch.ones(1)) for _ in range(count)]
    optimizers = [torch.optim.SGD([each], lr=0.1) for each in parameters]
    with backtrace.record() as trace:
        for _ in range(times):
            for optimizer in optimizers:
                optimizer.zero_grad()
            sum(each.sum() for each in parameters).backward()
            for optimizer in optimizers:
                optimizer.step()
    return trace.events


def test_a_row_is_written_as_often_whoever_else_is_open(monkeypatch):
    moves = []
    for name in ("add", "clear", "move"):
        method = getattr(DraftRow, name)
        counted = lambda *given, method=method: (moves.append(1), method(*given))[1]  # noqa: E731
        monkeypatch.setattr(DraftRow, name, counted)
    counts = []
    for optimizers in (5, 40):
        events = step_in_turn(optimizers, 3)
        moves.clear()
        updates = build_updates(events)
        counts.append(len(moves) / optimizers)
        assert len(updates) == 3 * optimizers
        assert all(update.value_books.is_balanced for update in updates)
    assert counts[1] <= 1.2 * counts[0]


def test_updates_of_the_file_are_those_of_the_run(adapted):
    trace, path = adapted
    wanted = list(map(repr, trace.updates))
    with open_trace(path) as file:
        assert list(map(repr, file.updates)) == wanted
        assert [repr(file.updates[at]) for at in range(len(wanted))] == wanted
