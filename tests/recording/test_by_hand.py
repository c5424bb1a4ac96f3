"""Updates that no optimizer makes: the loops of the first tutorials."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import Edited, ParameterSeen, StepTaken, Unseen

X = torch.tensor([[1.0], [2.0], [3.0]])
Y = torch.tensor([[2.0], [4.0], [6.0]])
LR = 0.01


def of(trace, kind):
    return [event for event in trace.events if isinstance(event, kind)]


def assert_in_balance(trace):
    assert not of(trace, Unseen), of(trace, Unseen)
    for update in trace.updates:
        assert update.is_complete
        for row in update.rows.values():
            assert row.grad_books.is_balanced and row.value_books.is_balanced, row


def under_no_grad(w):
    with torch.no_grad():
        w -= LR * w.grad
    w.grad.zero_()


def through_data(w):
    w.data.add_(w.grad, alpha=-LR)
    w.grad = None


def data_assigned(w):
    w.data = w.data - LR * w.grad.data
    w.grad.data.zero_()


@pytest.mark.parametrize("step", [under_no_grad, through_data, data_assigned])
def test_plain_tensors(step):
    w = torch.zeros(1, 1, requires_grad=True)
    with backtrace.record() as trace:
        for _ in range(3):
            (X @ w - Y).pow(2).mean().backward()
            step(w)
    # d/dw mean((w x - 2 x)^2) = 2 (w - 2) * 14 / 3, so w becomes w - 0.01 * 28/3 * (w - 2).
    value, expected = 0.0, []
    for _ in range(3):
        value -= LR * 28 / 3 * (value - 2)
        expected.append(value)
    found = [update.rows["tensor[0]"].value_after.values[0] for update in trace.updates]
    assert found == pytest.approx(expected, rel=1e-5)
    steps = of(trace, StepTaken)
    assert [(s.optimizer, s.type, s.lr) for s in steps] == [("by hand", "by hand", ())] * 3
    assert steps[0].grads["tensor[0]"].values == pytest.approx([-56 / 3])
    assert trace.updates[1].loss == pytest.approx(14 / 3 * (expected[0] - 2) ** 2, rel=1e-5)
    assert not [edit for edit in of(trace, Edited) if edit.account == "value"]
    assert_in_balance(trace)


def test_a_tensor_that_is_made_anew_by_each_step_is_one_account():
    w = torch.zeros(1, 1, requires_grad=True)
    with backtrace.record(w=w) as trace:
        for _ in range(3):
            (X @ w - Y).pow(2).mean().backward()
            with torch.no_grad():
                w = w - LR * w.grad
            w.requires_grad_()
    # The variable is a local one, so its name is not known: only watched tensors keep theirs.
    assert trace.updates[0].rows["w"].grad_after.values == pytest.approx([-56 / 3])


def test_global_variables_give_their_names(monkeypatch):
    monkeypatch.setitem(globals(), "w1", torch.zeros(1, 1, requires_grad=True))
    with backtrace.record() as trace:
        for _ in range(3):
            (X @ globals()["w1"] - Y).pow(2).mean().backward()
            with torch.no_grad():
                old = globals()["w1"]
                globals()["w1"] = (old - LR * old.grad).requires_grad_()
            del old
        (X @ globals()["w1"] - Y).pow(2).mean().backward()
    updates = [update for update in trace.updates if update.is_complete]
    assert [list(update.rows) for update in updates] == [["w1"]] * 3
    assert updates[0].rows["w1"].value_after.values == pytest.approx([0.01 * 56 / 3])


@pytest.mark.parametrize("is_watched", [True, False])
def test_a_models_parameters(is_watched):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))
    with backtrace.record(*[model] * is_watched) as trace:
        for _ in range(3):
            model.zero_grad()
            nn.functional.mse_loss(model(X), Y).backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter.sub_(LR * parameter.grad)
    assert len(trace.updates) == 3
    for update in trace.updates:
        assert list(update.rows) == ["0.weight", "0.bias", "2.weight", "2.bias"]
        row = update.rows["2.bias"]
        assert row.change.norm == pytest.approx(LR * row.grad_after.norm, rel=1e-3)
    assert not of(trace, Edited)
    assert of(trace, ParameterSeen)[-1].optimizer == "by hand"
    assert_in_balance(trace)


def test_copies_and_buffers_that_follow_are_no_steps():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    average = nn.Sequential(nn.Linear(1, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    with backtrace.record(model, optimizer, average=average) as trace:
        for _ in range(3):
            optimizer.zero_grad()
            with torch.no_grad():
                average(X)
            nn.functional.mse_loss(model(X), Y).backward()
            optimizer.step()
            with torch.no_grad():
                for slow, fast in zip(average.parameters(), model.parameters(), strict=True):
                    slow.mul_(0.9).add_(fast, alpha=0.1)
    assert {step.optimizer for step in of(trace, StepTaken)} == {"optimizer[0]"}
    assert all(set(e.entries) <= {f"average.{n}" for n, _ in average.named_parameters()}
               for e in of(trace, Edited))  # fmt: skip


def test_weights_clipped_between_an_optimizers_steps_are_edits():
    torch.manual_seed(0)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(3):
            optimizer.zero_grad()
            model(X).mean().backward()
            optimizer.step()
            for parameter in model.parameters():
                parameter.data.clamp_(-0.01, 0.01)
    assert {step.optimizer for step in of(trace, StepTaken)} == {"optimizer[0]"}
    assert of(trace, Edited)


def test_the_last_step_counts_though_its_model_is_gone_by_then():
    def train():
        torch.manual_seed(0)
        x, y = torch.randn(16, 3), torch.randn(16, 1)
        model = nn.Linear(3, 1)
        for _ in range(4):
            model.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            for parameter in model.parameters():
                parameter.data.add_(parameter.grad, alpha=-0.1)

    with backtrace.record() as trace:
        train()
    assert [update.is_complete for update in trace.updates] == [True] * 4


def test_the_place_of_a_step_is_the_line_that_takes_it():
    model = torch.nn.Linear(1, 1)
    norms = 0.0
    with backtrace.record() as trace:
        for _ in range(3):
            model.zero_grad()
            torch.nn.functional.mse_loss(model(X), Y).backward()
            norms += sum(p.grad.norm().item() for p in model.parameters())
            for p in model.parameters():
                p.data.add_(p.grad, alpha=-LR)
    places = {step.where for step in of(trace, StepTaken)}
    code = test_the_place_of_a_step_is_the_line_that_takes_it.__code__
    (place,) = places
    assert place.endswith(f"test_by_hand.py:{code.co_firstlineno + 9}")
    assert len(of(trace, StepTaken)) == 3


@pytest.mark.parametrize("way", ["load", "average"])
def test_a_target_network_with_gradients_that_is_renewed_takes_no_step(way):
    torch.manual_seed(0)
    online, target = nn.Linear(4, 2), nn.Linear(4, 2)
    optimizer = torch.optim.SGD(online.parameters(), lr=LR)
    with backtrace.record() as trace:
        for _ in range(4):
            x = torch.randn(8, 4)
            optimizer.zero_grad()
            nn.functional.mse_loss(online(x), 1 + 0.9 * target(x)).backward()
            optimizer.step()
            if way == "load":
                target.load_state_dict(online.state_dict())
                continue
            for mine, theirs in zip(target.parameters(), online.parameters(), strict=True):
                mine.data.copy_(0.9 * mine.data + 0.1 * theirs.data)
    assert {step.optimizer for step in of(trace, StepTaken)} == {"optimizer[0]"}
