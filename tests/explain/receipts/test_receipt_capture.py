"""Receipts of real loops: what they hold, when there is none and why, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

import backtrace
from backtrace.explain.receipts import find_receipt
from backtrace.explain.receipts.adam import explain_adam
from backtrace.explain.receipts.sgd import explain_sgd
from backtrace.ledger.events import StepTaken, Unseen
from backtrace.recording.sensors import receipts
from backtrace.train.manual_sgd import ManualSGD

ALL = "SGD Adam AdamW Adamax NAdam RAdam RMSprop Rprop Adagrad Adadelta ASGD Adafactor Muon"
KINDS = [getattr(torch.optim, name) for name in ALL.split() if hasattr(torch.optim, name)]


def make(kind, **options):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8, bias=False), nn.Tanh(), nn.Linear(8, 2, bias=False))
    return model, kind(model.parameters(), **{"lr": 0.1} | options)


def train(model, optimizer, updates=4):
    generator = torch.Generator().manual_seed(1)
    for _ in range(updates):
        x = torch.randn(6, 4, generator=generator)
        optimizer.zero_grad()
        model(x).pow(2).mean().backward()
        optimizer.step()


def train_in_a_closure(model, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = model(torch.ones(6, 4)).pow(2).mean()
        loss.backward()
        return loss

    optimizer.step(closure)


def last_receipts(trace):
    assert not [event for event in trace.events if isinstance(event, Unseen)]
    return [event for event in trace.events if isinstance(event, StepTaken)][-1].receipts


@pytest.mark.parametrize("kind", [*KINDS, ManualSGD, torch.optim.LBFGS])
def test_training_is_bit_identical_with_receipts(kind):
    bare, bare_optimizer = make(kind)
    seen, seen_optimizer = make(kind)
    step = train_in_a_closure if kind is torch.optim.LBFGS else train
    random = torch.get_rng_state()
    step(bare, bare_optimizer)
    with backtrace.record(seen, seen_optimizer, receipt=True) as trace:
        step(seen, seen_optimizer)
    assert torch.equal(random, torch.get_rng_state())
    for one, other in zip(bare.parameters(), seen.parameters(), strict=True):
        assert torch.equal(one, other) and torch.equal(one.grad, other.grad)
        mine, theirs = seen_optimizer.state[other], bare_optimizer.state[one]
        assert str(mine) == str(theirs)
    found = last_receipts(trace)
    if kind is torch.optim.LBFGS:
        assert {receipt.reason for receipt in found.values()} == {"no receipt for LBFGS"}
    else:
        assert all(receipt.residual <= receipt.bound for receipt in found.values())


@pytest.mark.parametrize("kind", KINDS)
def test_shares_add_to_one(kind):
    model, optimizer = make(kind)
    with backtrace.record(model, optimizer, receipt=True) as trace:
        train(model, optimizer)
    for update in trace.updates:
        for row in update.rows.values():
            assert sum(term.share for term in row.receipt.terms.values()) == pytest.approx(
                1, abs=1e-3
            )


def test_nothing_is_recorded_unless_asked():
    model, optimizer = make(torch.optim.Adam)
    with backtrace.record(model, optimizer) as trace:
        train(model, optimizer)
    assert last_receipts(trace) == {}
    assert all(row.receipt is None for update in trace.updates for row in update.rows.values())


def test_a_closure_is_read_after_it_ran():
    model, optimizer = make(torch.optim.SGD, momentum=0.9)
    with backtrace.record(model, optimizer, receipt=True) as trace:
        for scale in (1.0, 3.0):

            def closure(scale=scale):
                optimizer.zero_grad()
                loss = scale * model(torch.ones(2, 4)).pow(2).mean()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
                return loss

            optimizer.step(closure)
    assert all(receipt.residual <= receipt.bound for receipt in last_receipts(trace).values())


def test_a_schedule_does_not_change_the_step_before_it():
    model, optimizer = make(torch.optim.AdamW)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.1)
    with backtrace.record(model, optimizer, receipt=True) as trace:
        for _ in range(3):
            train(model, optimizer, 1)
            schedule.step()
    for rate, update in zip((0.1, 0.01, 0.001), trace.updates, strict=False):
        for row in update.rows.values():
            assert row.receipt.terms["gradient"].rate == pytest.approx(rate)
            assert row.receipt.residual <= row.receipt.bound


def test_a_fused_step_that_unscales_by_itself():
    parameter = nn.Parameter(torch.tensor([1.0, -2.0]))
    optimizer = torch.optim.SGD([parameter], lr=0.1, fused=True)
    scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
    with backtrace.record(optimizer, receipt=True) as trace:
        for factor in (1.0, float("inf"), 1.0):
            optimizer.zero_grad()
            scaler.scale((parameter * factor).pow(2).sum()).backward()
            scaler.step(optimizer)
            scaler.update()
    steps = [event for event in trace.events if isinstance(event, StepTaken)]
    kept = [next(iter(step.receipts.values())) for step in steps]
    assert all(r.residual <= r.bound for r in kept if r.terms)
    assert kept[0].terms and kept[-1].terms


def test_each_group_has_its_own_options():
    model, _ = make(torch.optim.SGD)
    groups = [{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": 0.5}]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    with backtrace.record(model, optimizer, receipt=True) as trace:
        train(model, optimizer, 1)
    rates = [receipt.terms["gradient"].rate for receipt in last_receipts(trace).values()]
    assert rates == [0.1, 0.5]


# -- no receipt ------------------------------------------------------------------------------


def test_a_parameter_without_gradient():
    model, optimizer = make(torch.optim.Adam)
    with backtrace.record(model, optimizer, receipt=True) as trace:
        model[0](torch.ones(2, 4)).sum().backward()
        optimizer.step()
    found = last_receipts(trace)
    assert found["0.weight"].terms
    assert found["2.weight"].reason == "no gradient: step passes it over"
    assert optimizer.state.get(model[2].weight) is None


def test_sparse_gradients():
    model = nn.Embedding(5, 3, sparse=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer, receipt=True) as trace:
        model(torch.tensor([1, 2])).sum().backward()
        optimizer.step()
    assert last_receipts(trace)["weight"].reason == "no receipt for a sparse gradient"
    assert find_receipt(torch.optim.SparseAdam(nn.Linear(1, 1).parameters())) is None


def test_complex_numbers():
    parameter = nn.Parameter(torch.tensor([1 + 2j]))
    optimizer = torch.optim.SGD([parameter], lr=0.1)
    with backtrace.record(optimizer, receipt=True) as trace:
        parameter.abs().sum().backward()
        optimizer.step()
    assert next(iter(last_receipts(trace).values())).reason == "no receipt for complex numbers"


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(group["lr"] * p.grad.sign())


class Renamed(torch.optim.Adam):
    pass


class Overridden(torch.optim.AdamW):
    def step(self, closure=None):
        return super().step(closure)


def test_an_optimizer_of_your_own_has_no_receipt():
    model, optimizer = make(Lion)
    with backtrace.record(model, optimizer, receipt=True) as trace:
        train(model, optimizer, 1)
    assert last_receipts(trace)["0.weight"].reason == "no receipt for Lion"


def test_a_subclass_has_its_parents_rule_while_its_step_is_the_same():
    assert find_receipt(make(Renamed)[1]) is explain_adam
    assert find_receipt(make(Overridden)[1]) is None
    assert find_receipt(make(torch.optim.SGD)[1]) is explain_sgd


def test_a_rule_that_fails_costs_the_receipt_and_nothing_else(monkeypatch):
    monkeypatch.setattr(receipts, "find_receipt", lambda _: lambda before: before.options["none"])
    model, optimizer = make(torch.optim.SGD)
    with backtrace.record(model, optimizer, receipt=True) as trace:
        train(model, optimizer, 1)
    assert last_receipts(trace)["0.weight"].reason == "KeyError: 'none'"
    assert trace.updates[0].rows["0.weight"].change is not None


@pytest.mark.parametrize("factor", [0.0, 0.999, 1.001, -1.0])
def test_a_wrong_rule_leaves_a_residual(monkeypatch, factor):
    def wrong(before):
        return explain_sgd(replace(before, grad=factor * before.grad))

    monkeypatch.setattr(receipts, "find_receipt", lambda _: wrong)
    model, optimizer = make(torch.optim.SGD, momentum=0.9)
    with backtrace.record(model, optimizer, receipt=True) as trace:
        train(model, optimizer, 2)
    for receipt in last_receipts(trace).values():
        assert receipt.residual > receipt.bound


def test_half_precision_says_what_float64_would_have_done():
    parameter = nn.Parameter(torch.full((3,), 1e-4, dtype=torch.bfloat16))
    optimizer = torch.optim.SGD([parameter], lr=0.1, momentum=0.5)
    with backtrace.record(optimizer, receipt=True) as trace:
        for _ in range(2):
            optimizer.zero_grad()
            parameter.float().pow(2).sum().backward()
            optimizer.step()
    receipt = next(iter(last_receipts(trace).values()))
    assert 0 < receipt.residual <= receipt.bound
