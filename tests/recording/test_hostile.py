"""Loops that are hard on whoever watches: threads, lazy models, steps that raise, and the like."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import BackwardRan, Edited, StepSkipped, StepTaken, Unseen

X = torch.linspace(-1, 1, 20).reshape(5, 4)


def mlp():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.1)


def of(trace, kind):
    return [event for event in trace.events if isinstance(event, kind)]


def test_training_in_two_threads_is_left_alone_and_said():
    models = [mlp(), mlp()]
    optimizers = [sgd(model) for model in models]

    def train(number):
        for _ in range(30):
            optimizers[number].zero_grad()
            models[number](X).pow(2).mean().backward()
            optimizers[number].step()

    with backtrace.record(*models, *optimizers) as trace:
        threads = [threading.Thread(target=train, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert "what other threads do" in [event.what for event in of(trace, Unseen)]
    assert not of(trace, StepTaken)
    assert all(torch.equal(a, b) for a, b in zip(*(m.parameters() for m in models), strict=True))


def test_backward_of_a_generator_is_not_used_up():
    bare, model = mlp(), mlp()

    def losses(m):
        yield m(X).mean()
        yield m(X).pow(2).mean()

    torch.autograd.backward(losses(bare))
    with backtrace.record(model) as trace:
        torch.autograd.backward(losses(model))
    assert len(of(trace, BackwardRan)[0].grads) == 4
    pairs = zip(bare.parameters(), model.parameters(), strict=True)
    assert all(torch.equal(a.grad, b.grad) for a, b in pairs)


@pytest.mark.parametrize("kind", ["lazy", "meta"])
def test_parameters_without_numbers_are_followed_when_they_have_some(kind):
    if kind == "lazy":
        model = nn.Sequential(nn.LazyLinear(2))
    else:
        with torch.device("meta"):
            model = nn.Sequential(nn.Linear(4, 2))
    with backtrace.record(model) as trace:
        if kind == "lazy":
            model(X)
        else:
            model.to_empty(device="cpu")
            nn.init.ones_(model[0].weight)
            nn.init.ones_(model[0].bias)
        optimizer = sgd(model)
        optimizer.zero_grad()
        model(X).mean().backward()
        optimizer.step()
    update = trace.updates[-1]
    assert set(update.rows) == {"0.weight", "0.bias"}
    assert update.rows["0.weight"].change is not None


def test_a_step_that_raises_is_said_and_the_next_ones_are_seen():
    model = mlp()
    optimizer = sgd(model)
    with backtrace.record(model, optimizer) as trace:
        for number in range(5):

            def closure(number=number):
                optimizer.zero_grad()
                if number == 1:
                    raise ValueError("bad batch")
                loss = model(X).pow(2).mean()
                loss.backward()
                return loss

            try:
                optimizer.step(closure)
            except ValueError:
                continue
    assert len(of(trace, StepTaken)) == 4
    (skipped,) = of(trace, StepSkipped)
    assert skipped.had_begun and "raised" in skipped.reason
    assert not of(trace, Edited) and not of(trace, Unseen)
    assert not trace.updates[2].calls[-1].in_step


@pytest.mark.parametrize("clears", [True, False])
@pytest.mark.parametrize("at", range(4))
def test_what_a_backward_that_is_interrupted_had_added_is_no_edit(clears, at):
    model = mlp()
    optimizer = sgd(model)
    arrived = []

    def interrupt(leaf):
        arrived.append(leaf)
        if len(arrived) == 4 + at + 1:
            raise KeyboardInterrupt

    for leaf in model.parameters():
        leaf.register_post_accumulate_grad_hook(interrupt)
    with backtrace.record(model, optimizer) as trace, pytest.raises(KeyboardInterrupt):
        for _ in range(2):
            if clears:
                optimizer.zero_grad()
            model(X).pow(2).mean().backward()
            optimizer.step()
    first, last = of(trace, BackwardRan)
    assert not of(trace, Edited) and len(last.grads) == at + 1
    for name, entry in last.grads.items():
        before = 0.0 if clears else first.grads[name].after.mean
        assert entry.after.mean == pytest.approx(before + entry.delta.mean, abs=1e-6)


def test_a_new_optimizer_per_phase_shows_what_it_moves():
    model = mlp()
    with backtrace.record(model) as trace:
        for _ in range(3):
            optimizer = sgd(model)
            for _ in range(2):
                optimizer.zero_grad()
                model(X).mean().backward()
                optimizer.step()
    updates = trace.updates
    assert [(len(u.rows), len(u.rows["0.weight"].added)) for u in updates] == [(4, 1)] * 6
    assert all(u.loss is not None and u.calls[0].name == "zero_grad" for u in updates)


def test_a_base_optimizer_inside_an_optimizer():
    class Wrapped(torch.optim.Optimizer):
        def __init__(self, params, base):
            super().__init__(params, {})
            self.base = base(self.param_groups, lr=0.1)

        def step(self, closure=None):
            self.base.step()

    model = mlp()
    optimizer = Wrapped(list(model.parameters()), torch.optim.SGD)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(2):
            optimizer.zero_grad()
            model(X).mean().backward()
            optimizer.step()
    moved = [u for u in trace.updates if any(r.change and r.change.norm for r in u.rows.values())]
    assert len(moved) >= 2
    assert all(len(u.rows) == 4 for u in moved)


def test_a_swapped_head_is_named_by_its_place():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.fc = nn.Linear(4, 8), nn.Linear(8, 2)

        def forward(self, x):
            return self.fc(self.body(x))

    model = Net()
    optimizer = sgd(model)
    with backtrace.record(model, optimizer) as trace:
        old = model.fc
        model.fc = nn.Linear(8, 2)
        optimizer.add_param_group({"params": model.fc.parameters()})
        model(X).mean().backward()
        optimizer.step()
    assert {"fc.weight", "fc.weight (replaced)"} <= trace.updates[0].rows.keys()
    assert trace.updates[0].rows["fc.weight"].change.norm > 0
    assert trace.updates[0].rows["fc.weight (replaced)"].change.norm == 0
    assert old.weight.grad is None


def test_the_loss_is_not_the_one_that_a_scaler_made_of_it():
    model = mlp()
    optimizer = sgd(model)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with backtrace.record(model, optimizer) as trace:
        loss = model(X).pow(2).mean()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
    assert trace.updates[0].loss == pytest.approx(loss.item())


def test_inference_mode_first_and_functional_gradients():
    with backtrace.record() as trace:
        model = nn.Sequential(nn.Linear(4, 2000), nn.ReLU(), nn.Linear(2000, 2))
        optimizer = sgd(model)
        with torch.inference_mode():
            model(X)
        parameters = dict(model.named_parameters())
        torch.func.grad(lambda p: torch.func.functional_call(model, p, (X,)).sum())(parameters)
        for _ in range(2):
            optimizer.zero_grad()
            model(X).pow(2).mean().backward()
            optimizer.step()
    assert len(trace.updates) == 2
    assert not of(trace, Unseen) and not of(trace, Edited)


def test_memory_does_not_grow_with_fresh_inputs():
    model = mlp()
    optimizer = sgd(model)
    with backtrace.record(model, optimizer, sink=lambda event: None):
        recorder = backtrace.announce.listeners[0]
        for _ in range(50):
            optimizer.zero_grad()
            model(X.clone().requires_grad_()).mean().backward()
            optimizer.step()
        assert len(recorder.instrument.leaves) <= 6


def test_an_optimizer_that_was_made_before_its_lazy_model_has_numbers():
    with backtrace.record() as trace:
        model = nn.Sequential(nn.LazyLinear(2))
        optimizer = sgd(model)
        for _ in range(2):
            optimizer.zero_grad()
            model(X).mean().backward()
            optimizer.step()
    assert not of(trace, Unseen)
    assert [set(update.rows) for update in trace.updates] == [{"0.weight", "0.bias"}] * 2


def test_a_tensor_that_cannot_be_read_is_said_and_the_others_are_kept(monkeypatch):
    from backtrace.recording.tensors.inspection import Inspector

    opened = Inspector.open

    def fail_for_one(self, tracked, tensor):
        if tracked.name == "0.weight":
            raise RuntimeError("unreadable")
        opened(self, tracked, tensor)

    monkeypatch.setattr(Inspector, "open", fail_for_one)
    model = mlp()
    optimizer = sgd(model)
    with backtrace.record(model, optimizer) as trace:
        model(X).mean().backward()
        optimizer.step()
    assert next(event.what for event in of(trace, Unseen)) == "0.weight"
    assert {"0.bias", "2.weight", "2.bias"} <= set(trace.updates[0].rows)


def test_a_lasting_input_and_a_fresh_one_keep_their_rows():
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 2)

        def forward(self, x, z):
            return self.fc(x + z)

    model = Sum()
    optimizer = sgd(model)
    lasting = X.clone().requires_grad_()
    with backtrace.record(model, optimizer) as trace:
        for _ in range(3):
            optimizer.zero_grad()
            model(lasting, X.clone().requires_grad_()).mean().backward()
            optimizer.step()
    for update in trace.updates[1:]:
        assert update.rows["input"].grad_before is not None  # nobody clears it
        assert update.rows["input[1]"].grad_before is None
