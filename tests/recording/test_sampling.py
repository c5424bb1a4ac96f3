"""Reading one of every N updates: what is read is the same, and the rest is only counted."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace
from backtrace.diagnose.diagnose import diagnose_events
from backtrace.ledger.events import BackwardRan, Edited, ForwardRan, GradsZeroed, StepTaken, Unseen
from backtrace.ledger.facts import SchedulerStepped, StepsPassed
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.recording.pace import Pace
from backtrace.recording.sampling import Sampling


def of(trace, kind):
    return [event for event in trace.events if isinstance(event, kind)]


def train(updates, **options):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    x = torch.randn(5, 4)
    with backtrace.record(model, optimizer, **options) as trace:
        for _ in range(updates):
            optimizer.zero_grad()
            model(x).pow(2).mean().backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
    return model, trace


def test_what_is_read_is_what_is_read_of_all():
    model, trace = train(10, every=3)
    bare, whole = train(10)
    pairs = zip(model.parameters(), bare.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert [update.index for update in trace.updates] == [1, 4, 7, 10]
    for update in trace.updates:
        other = whole.updates[update.index - 1]
        assert update.loss == other.loss
        assert [call.name for call in update.calls] == [call.name for call in other.calls]
        for name, row in update.rows.items():
            assert row.change == other.rows[name].change
            assert row.value_before == other.rows[name].value_before
            assert row.grad_after == other.rows[name].grad_after
            assert row.grad_books.is_balanced and row.value_books.is_balanced
    assert not of(trace, Edited) and not of(trace, Unseen)
    assert [(e.optimizer, e.count) for e in of(trace, StepsPassed)] == [("optimizer[0]", 2)] * 3
    found = diagnose_events(trace.events)
    assert (found.updates - found.unread, found.unread) == (len(trace.updates), 6)
    assert len(of(trace, GradsZeroed)) == len(of(trace, ForwardRan)) == 4
    assert len(of(trace, BackwardRan)) == len(of(trace, StepTaken)) == 4


def test_steps_that_were_passed_at_the_end_are_counted():
    _, trace = train(6, every=4)
    assert [update.index for update in trace.updates] == [1, 5]
    assert [event.count for event in of(trace, StepsPassed)] == [3, 1]


def test_hooks_are_off_in_between():
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    hooked = []
    with backtrace.record(model, optimizer, every=3):
        for _ in range(4):
            optimizer.zero_grad()
            model(torch.ones(1, 2)).sum().backward()
            hooked.append(bool(model.weight._backward_hooks))
            optimizer.step()
    assert hooked == [True, False, False, True]


def test_both_optimizers_of_a_gan_are_read_in_the_same_rounds():
    torch.manual_seed(0)
    g, d = nn.Linear(2, 2), nn.Linear(2, 1)
    og, od = torch.optim.Adam(g.parameters()), torch.optim.SGD(d.parameters(), lr=0.1)
    with backtrace.record(g=g, d=d, og=og, od=od, every=3) as trace:
        for _ in range(8):
            od.zero_grad()
            (d(torch.randn(3, 2)).mean() - d(g(torch.randn(3, 2)).detach()).mean()).backward()
            od.step()
            og.zero_grad()
            (-d(g(torch.randn(3, 2))).mean()).backward()
            og.step()
    found = [(update.optimizer, update.index) for update in trace.updates]
    assert found == [(name, index) for index in (1, 4, 7) for name in ("od", "og")]
    assert not of(trace, Edited)
    for update in trace.updates:
        assert len(next(iter(update.rows.values())).added) == 1


def test_an_optimizer_that_rarely_steps_does_not_keep_the_other_awake():
    sampling, read = Sampling(Pace(4)), []
    for update in range(1, 25):
        if not sampling.is_paused:
            read.append(update)
        for name in ["often"] + ["rarely"] * (update % 5 == 0):
            if sampling.take_step(name, ["often", "rarely"]) == "resume":
                sampling.take_passed()
    assert read == [1, 2, 6, 10, 15, 20]  # from 10 on, the two happen to keep pace


def test_schedules_are_followed_and_batches_counted_in_between():
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    data = torch.utils.data.TensorDataset(torch.arange(12.0).reshape(6, 2))
    with backtrace.record(model, optimizer, every=3) as trace:
        for (x,) in torch.utils.data.DataLoader(data):
            optimizer.zero_grad()
            model(x).sum().backward()
            optimizer.step()
            scheduler.step()
    assert [event.after for event in of(trace, SchedulerStepped)] == [
        (0.5**n,) for n in range(1, 7)
    ]
    assert [event.number for event in of(trace, BatchDrawn)] == [1, 4]
    assert [step.lr for step in of(trace, StepTaken)] == [(1.0,), (0.125,)]


def test_values_that_changed_in_between_are_no_edit_but_later_ones_are():
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer, every=2) as trace:
        for update in range(1, 4):
            if update == 2 or (update == 3):
                with torch.no_grad():
                    model.weight.mul_(0.5)
            optimizer.zero_grad()
            model(torch.ones(1, 2)).sum().backward()
            optimizer.step()
    (edit,) = of(trace, Edited)
    assert list(edit.entries) == ["weight"]
    assert trace.updates[-1].index == 3


def test_less_than_one_is_refused():
    with pytest.raises(backtrace.errors.UsageError, match="every is 0"), backtrace.record(every=0):
        pass
