"""What `record` keeps: all of it, norms, some tensors, or the last updates."""

from __future__ import annotations

from math import isnan

import pytest
import torch
from torch import nn

import backtrace
from backtrace.errors import UsageError
from backtrace.ledger.events import BackwardRan, Entry, GradsZeroed, StepTaken
from backtrace.tracefile.event_shapes import shape_of


def train(updates: int, **options):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer, **options) as trace:
        for _ in range(updates):
            optimizer.zero_grad()
            model(torch.randn(4, 6)).square().mean().backward()
            optimizer.step()
    return trace


def count_readings(trace) -> int:
    """Return how many readings all events hold."""

    def count(held) -> int:
        if isinstance(held, Entry):
            return sum(map(count, (held.before, held.after, held.delta)))
        return sum(map(count, held.values())) if isinstance(held, dict) else held is not None

    return sum(
        count(getattr(event, name))
        for event in trace.events
        for name in shape_of(type(event)).forms
    )


def test_the_last_updates_are_whole_and_the_losses_all_there():
    whole, short = train(20), train(20, last=3)
    assert short.losses == whole.losses
    assert [u.index for u in short.updates] == [u.index for u in whole.updates]
    for one, other in zip(whole.updates[-3:], short.updates[-3:], strict=True):
        assert one.rows == other.rows
        assert one.calls == other.calls
    for update in short.updates[:-4]:  # of the one before those that are whole, the step is
        assert all(row.change is None and row.grad_after is None for row in update.rows.values())


def test_readings_do_not_grow_with_the_run():
    longer, shorter = train(30, last=3), train(10, last=3)
    per_update = (len(longer.events) - len(shorter.events)) / 20
    assert count_readings(longer) == count_readings(shorter)
    assert per_update == 3
    assert {type(event) for event in longer.events[10:20]} == {GradsZeroed, BackwardRan, StepTaken}


def train_two(**options):
    torch.manual_seed(0)
    models = [nn.Linear(3, 1), nn.Linear(3, 1)]
    fast, slow = (torch.optim.SGD(model.parameters(), lr=0.1) for model in models)
    with backtrace.record(*models, fast=fast, slow=slow, **options) as trace:
        for step in range(12):
            losses = [model(torch.randn(4, 3)).sum() for model in models]
            for loss in losses:
                loss.backward()
            fast.step()
            fast.zero_grad()
            if step % 3 == 0:
                slow.step()
                slow.zero_grad()
    return trace


def test_the_last_updates_of_each_optimizer_are_kept():
    trace, losses = train_two(last=2), train_two().losses
    assert trace.losses == losses
    for name, count in (("fast", 12), ("slow", 4)):
        own = [update for update in trace.updates if update.optimizer == name]
        assert [update.index for update in own if update.is_complete] == [*range(1, count + 1)]
        assert all(update.rows for update in own[-2:])


def test_a_file_keeps_the_same_as_the_command_line_would(tmp_path):
    path = tmp_path / "run.trace"
    train(6, last=2, param="0.*", file=path)
    trace = backtrace.load(path)
    assert {*trace.updates[-1].rows} == {"0.weight", "0.bias"}
    assert isnan(trace.updates[0].rows["0.weight"].change.mean)
    assert not isnan(trace.updates[-1].rows["0.weight"].change.mean)
    assert not isnan(trace.updates[0].rows["0.weight"].change.norm)


def test_norms_alone(tmp_path):
    train(2, readings="norm", file=tmp_path / "run.trace")
    row = backtrace.load(tmp_path / "run.trace").updates[-1].rows["0.weight"]
    whole = train(2).updates[-1].rows["0.weight"]
    assert row.change.norm == whole.change.norm and row.change.zeros == whole.change.zeros
    assert isnan(row.change.mean) and row.change.values is None


@pytest.mark.parametrize("param", ["2.*", ["2.weight", "2.bias"]])
def test_some_tensors(param):
    trace = train(2, param=param)
    assert {*trace.updates[0].rows} == {"2.weight", "2.bias"}
    assert trace.losses == train(2).losses


def test_a_sink_is_given_everything():
    events = []
    train(4, last=1, param="0.*", sink=events.append)
    assert sum(isinstance(event, StepTaken) and len(event.values) == 4 for event in events) == 4


@pytest.mark.parametrize(
    "options", [{"last": 0}, {"readings": "all"}, {"readings": "norm"}, {"every": 0}], ids=str
)
def test_mistakes_are_told(options):
    with pytest.raises(UsageError, match=r"must be|requires file="):
        train(1, **options)
