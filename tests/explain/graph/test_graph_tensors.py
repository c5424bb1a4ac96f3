"""Which tensors keep a `.grad`, and that looking changes nothing."""

from __future__ import annotations

import random

import numpy
import torch
from torch import nn

from backtrace.explain.examine import examine_graph
from backtrace.explain.none import explain_missing


def table(facts):
    return {fact.name: fact for fact in facts.tensors}


def test_leaves_keep_their_grads_and_results_do_not(examine):
    found = table(examine(nn.Linear(3, 2), [4, 3], [4, 2]))
    assert list(found) == ["weight", "bias", "input", "output", "loss"]
    assert found["weight"].has_grad and found["weight"].is_leaf
    assert "leaf" in found["weight"].why
    assert not found["output"].has_grad and "retain_grad()" in found["output"].why
    assert found["output"].grad_fn == "AddmmBackward0"
    assert found["loss"].grad_fn == "MseLossBackward0"
    assert found["input"].why == "requires_grad is False"


def test_an_input_that_asks_for_a_grad_gets_one(examine):
    found = table(examine(nn.Linear(3, 2), [4, 3], [4, 2], data={"requires_grad": True}))
    assert found["input"].has_grad and found["input"].requires_grad


def test_retain_grad_keeps_the_grad_of_a_result(examine):
    class Retains(nn.Linear):
        def forward(self, x):
            y = super().forward(x)
            y.retain_grad()
            return y

    output = table(examine(Retains(3, 2), [4, 3], [4, 2]))["output"]
    assert output.has_grad and not output.is_leaf and "retain_grad() was called" in output.why


def test_integer_inputs_have_no_gradient(examine):
    data = {"input": {"shape": [4, 3], "classes": 5}}
    model = nn.Sequential(nn.Embedding(5, 2), nn.Flatten())
    layers = [{"type": "Embedding", "args": [5, 2]}, {"type": "Flatten"}]
    facts = examine(model, [4, 3], [4, 6], data=data, model=layers)
    found = table(facts)
    assert found["0.weight"].has_grad
    assert found["input"].why == "only floating-point tensors have gradients"
    assert [each.reason for each in facts.missing] == ["not differentiable"]


class Noisy(nn.Module):
    """Draws random numbers of three kinds, counts its calls, and has statistics."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.norm = nn.BatchNorm1d(3)
        self.unused = nn.Parameter(torch.ones(2))
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        self.last = x
        noise = torch.rand(()) + random.random() + numpy.random.rand()
        return self.norm(self.fc(x)) * noise


def everything(model):
    grads = [None if p.grad is None else p.grad.clone() for p in model.parameters()]
    return (
        {name: value.clone() for name, value in model.state_dict().items()},
        grads,
        torch.get_rng_state(),
        random.getstate(),
        numpy.random.get_state()[1].tolist(),
        (model.calls, hasattr(model, "last"), model.training),
        [p._version for p in model.parameters()],
    )


def same(one, two):
    torch.testing.assert_close(one[:3], two[:3], rtol=0, atol=0)
    assert one[3:] == two[3:]


def test_examining_changes_nothing_of_the_users(trained):
    training = trained(Noisy(), [4, 3], [4, 3])
    training.model(torch.rand(4, 3)).sum().backward()
    del training.model.last  # cannot be copied
    before = everything(training.model)
    one = examine_graph(training)
    same(before, everything(training.model))
    assert one == examine_graph(training)


def test_explaining_changes_nothing_of_the_users():
    model = Noisy()
    x = torch.rand(4, 3)
    model(x).sum().backward()
    grads = [parameter.grad for parameter in model.parameters()]
    before = everything(model)
    (missing,) = explain_missing(model, lambda: model(x).square().sum())
    same(before, everything(model))
    assert missing.name == "unused" and missing.reason == "unused"
    now = [parameter.grad for parameter in model.parameters()]
    assert all(one is two for one, two in zip(grads, now, strict=True))


def test_a_model_that_cannot_be_copied_is_left_as_it_was(trained):
    model = Noisy()
    model.norm.shift = model.fc.weight.sum() * 0  # a result of an operation
    training = trained(model, [4, 3], [4, 3])
    before = everything(model)
    assert examine_graph(training).nodes
    same(before, everything(model))
