"""Any update of a file equals the one that the whole trace makes, whatever the loop does."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import StepTaken
from backtrace.ledger.ledger import build_updates
from backtrace.ledger.numbering import PATIENCE
from backtrace.tracefile import load, open_trace, write_trace
from backtrace.tracefile.decode import Decoder


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))


def loss_of(model):
    return model(torch.randn(5, 3)).square().mean()


def plain(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(40):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()


def left_over(model):
    plain(model)
    loss_of(model).backward()


def edited(model):
    optimizer = torch.optim.Adam(model.parameters())
    for number in range(12):
        optimizer.zero_grad(set_to_none=number % 2 == 0)
        for _ in range(2):
            loss_of(model).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.01)
        optimizer.step()
        with torch.no_grad():
            model[0].weight.mul_(0.5)


def two_optimizers(model):
    other = net()
    first = torch.optim.SGD(model.parameters(), lr=0.1)
    second = torch.optim.SGD(other.parameters(), lr=0.1)
    for number in range(20):
        first.zero_grad()
        loss_of(model).backward()
        first.step()
        if number % 3 == 2:
            second.zero_grad()
            (loss_of(other) + loss_of(model)).backward()
            second.step()
    loss_of(other).backward()


def closure(model):
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=3)

    def again():
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        return loss

    for _ in range(4):
        optimizer.step(again)


def frozen(model):
    model[0].requires_grad_(False)
    plain(model)


def no_step(model):
    loss_of(model).backward()
    loss_of(model).backward()


LOOPS = [plain, left_over, edited, two_optimizers, closure, frozen, no_step]


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_any_update_is_the_one_that_all_events_make(loop, tmp_path):
    model = net()
    with backtrace.record(model, file=tmp_path / "a.trace") as trace:
        loop(model)
    events = load(tmp_path / "a.trace").events
    updates = build_updates(events)
    assert updates
    assert len(trace.updates) == len(updates)
    assert [repr(trace.updates[n]) for n in range(len(updates))] == list(map(repr, updates))
    assert list(map(repr, trace.updates)) == list(map(repr, updates))
    assert trace.updates[-1] == updates[-1]
    assert trace.updates[1:3] == updates[1:3]
    assert trace.losses == [u.loss for u in updates if u.loss is not None]
    with pytest.raises(IndexError):
        trace.updates[len(updates)]
    assert trace.is_finished and trace.seconds > 0
    assert not list(tmp_path.glob("a.trace-*"))


def test_an_optimizer_that_was_given_up_comes_back(tmp_path):
    def step(index, name):
        return StepTaken(
            index=index, elapsed=float(index), optimizer=name, type="SGD", lr=(0.1,), grads={},
            values={},
        )  # fmt: skip

    names = ["rare", *["often"] * (PATIENCE + 1), "rare", "often", "rare"]
    events = [step(index, name) for index, name in enumerate(names)]
    write_trace(tmp_path / "a.trace", load_header(), events)
    updates = build_updates(events)
    with open_trace(tmp_path / "a.trace") as file:
        for place in (0, 1, 500, *range(PATIENCE - 2, len(updates))):
            assert repr(file.updates[place]) == repr(updates[place])


def load_header():
    from backtrace.ledger.trace import Header

    return Header()


def test_what_was_seen_of_many_tensors_is_read_in_one_go(tmp_path, monkeypatch):
    model = nn.Sequential(*(nn.Linear(2, 2) for _ in range(10)))
    with backtrace.record(model, file=tmp_path / "a.trace"):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(20):
            optimizer.zero_grad()
            model(torch.ones(1, 2)).sum().backward()
            optimizer.step()
    read, spans = Decoder.events, []

    def count(decoder, first, end):
        spans.append((first, end))
        return read(decoder, first, end)

    monkeypatch.setattr(Decoder, "events", count)
    with open_trace(tmp_path / "a.trace") as trace:
        assert len(trace.updates[18].rows) == 20
    assert len(spans) < 10
    spans.clear()
    with open_trace(tmp_path / "a.trace") as trace:
        assert len(trace.parameters) == 20
    assert len(spans) < 5


def test_series_and_parameters(tmp_path):
    model = net()
    with backtrace.record(model, file=tmp_path / "a.trace") as trace:
        plain(model)
    updates = list(trace.updates)
    for field, pick in {
        "grad_after": lambda row: row.grad_after.norm,
        "value_after": lambda row: row.value_after.norm,
        "change": lambda row: row.change.norm,
        "zeros": lambda row: row.grad_after.zeros / row.grad_after.numel,
    }.items():
        wanted = {(u.index, name, pick(row)) for u in updates for name, row in u.rows.items()}
        assert set(trace.series(field)) == wanted
    assert set(trace.parameters) == {"0.weight", "0.bias", "2.weight", "2.bias"}


def test_while_a_run_goes_on_its_finished_updates_can_be_read(tmp_path):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer, file=tmp_path / "a.trace") as trace:
        for number in range(1, 4):
            loss_of(model).backward()
            optimizer.step()
            assert len(trace.updates) == number
            assert not trace.is_finished and trace.seconds is None
        with open_trace(tmp_path / "a.trace") as other:
            assert other.updates[2] == trace.updates[2]


def test_an_exception_leaves_a_trace_that_says_interrupted(tmp_path):
    model = net()
    with pytest.raises(ZeroDivisionError), backtrace.record(model, file=tmp_path / "a.trace"):
        plain(model)
        raise ZeroDivisionError
    with open_trace(tmp_path / "a.trace") as file:
        assert len(file.updates) == 40 and not file.is_finished


def test_reading_needs_no_torch(tmp_path):
    model = net()
    with backtrace.record(model, file=tmp_path / "a.trace"):
        plain(model)
    code = (
        "import sys, backtrace\n"
        "from backtrace.tracefile import open_trace\n"
        "with open_trace(sys.argv[1]) as trace:\n"
        "    assert trace.updates[17].rows and list(trace.series('change')) and repr(trace)\n"
        "assert len(backtrace.load(sys.argv[1]).updates) == 40\n"
        "assert 'torch' not in sys.modules\n"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "a.trace")]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
