"""Which operations are said to let no gradient through, against gradients that are zero."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

import backtrace
from backtrace.ledger.graph_seen import GraphSeen

WITHIN = "given nothing within its bounds"


def flat_of(function):
    torch.manual_seed(0)
    net = nn.Linear(4, 8)
    with backtrace.record(net) as trace:
        function(net(torch.ones(2, 4))).sum().backward()
    (graph,) = (event for event in trace.events if isinstance(event, GraphSeen))
    is_zero = not net.weight.grad.any()
    return dict(graph.flat), is_zero


@pytest.mark.parametrize(
    ("function", "label"),
    [
        (lambda y: (y + 9).clamp(0, 1), f"a clamp(min=0, max=1) {WITHIN}"),
        (lambda y: (y - 9).clamp(min=0.5), f"a clamp(min=0.5) {WITHIN}"),
        (lambda y: (y + 9).clamp_max(1), f"a clamp(max=1) {WITHIN}"),
        (lambda y: functional.relu6(y + 90), f"a hardtanh(min=0, max=6) {WITHIN}"),
        (lambda y: (y - 90).relu(), "a ReLU given nothing above 0"),
        (lambda y: y.round(), "RoundBackward0"),
        (lambda y: torch.normal(y, 1.0), "NormalBackward1"),
        (lambda y: torch.normal(y, y.exp()), "NormalBackward3"),
        (lambda y: torch.bernoulli(y.sigmoid()), "BernoulliBackward0"),
        (lambda y: torch.poisson(y.exp()), "PoissonBackward0"),
        (lambda y: y[:, :1].softmax(1), "a softmax over one element"),
        (lambda y: y.unsqueeze(2).softmax(2), "a softmax over one element"),
        (lambda y: y[:, :1, None].softmax(1), "a softmax over the only element"),
    ],
)
def test_what_lets_nothing_through_is_named(function, label):
    flat, is_zero = flat_of(function)
    assert is_zero
    assert list(flat) == [label]
    assert set(flat[label]) == {"weight", "bias"}


@pytest.mark.parametrize(
    "function",
    [
        lambda y: y.clamp(-90, 90),
        lambda y: (y + 9).clamp(min=0),
        lambda y: torch.cat([y + 9, y]).clamp(-5, 5),
        functional.hardtanh,
        lambda y: (y + 9).relu(),
        lambda y: y + y.exp() * torch.randn_like(y),
        lambda y: y.softmax(1) * torch.arange(8),
    ],
)
def test_what_lets_something_through_is_not(function):
    flat, is_zero = flat_of(function)
    assert not is_zero
    assert flat == {}
