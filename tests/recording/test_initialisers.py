"""A value that `torch.nn.init` fills is known by the line that filled it."""

from __future__ import annotations

import inspect

import torch
from torch import nn

import backtrace
from backtrace.diagnose.rules.parameters.units_alike import RULE
from backtrace.diagnose.stretch import make_stretch
from backtrace.ledger.events import Edited, Unseen
from backtrace.ledger.filled_facts import FilledAlike


def line() -> int:
    """Return the number of the caller's line."""
    return inspect.stack()[1].lineno


def train(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()


def test_an_edit_stands_where_values_were_filled():
    with backtrace.record() as trace:
        model = nn.Linear(3, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        train(model, optimizer)
        nn.init.ones_(model.weight), (at := line())
        train(model, optimizer)
        model.bias.data.add_(1)
        train(model, optimizer)
    first, second = (e for e in trace.events if isinstance(e, Edited) and e.account == "value")
    assert (list(first.entries), first.where.rpartition(":")[2]) == (["weight"], str(at))
    assert list(second.entries) == ["bias"]
    assert second.where.rpartition(":")[2] != str(at)


def test_a_matrix_of_one_number_is_told_with_its_line():
    with backtrace.record() as trace:
        model = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
        for each in model.parameters():
            nn.init.constant_(each, 0.5), (at := line())
        train(model, torch.optim.SGD(model.parameters(), lr=0.1))
    filled = [event for event in trace.events if isinstance(event, FilledAlike)]
    assert [event.name for event in filled] == ["0.weight", "1.weight"]
    (finding,) = RULE.check(make_stretch(trace.events))
    assert {event.where.rpartition(":")[2] for event in [*filled, finding]} == {str(at)}


def test_an_initialiser_that_came_before_a_write_is_not_blamed_for_it():
    with backtrace.record() as trace:
        model = nn.Linear(3, 2)  # which fills its own weight
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model.weight.data.fill_(0.5)
        train(model, optimizer)
    assert not any(isinstance(event, FilledAlike | Edited) for event in trace.events)


def test_a_view_that_torch_will_not_answer_for_is_filled_and_nothing_is_lost():
    with backtrace.record() as trace:
        base = torch.zeros(3, 2)
        with torch.no_grad():
            row = base[0]
        base.mul_(nn.Parameter(torch.ones(3, 2)))  # from here `row.grad_fn` raises
        nn.init.ones_(row)
    assert [event for event in trace.events if isinstance(event, Unseen)] == []
