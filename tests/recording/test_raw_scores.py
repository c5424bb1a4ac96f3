"""Losses that add up scores of a layer as they are, told from those that bound them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from backtrace.recording.sensors.graph.autograd_nodes import name_of, walk
from backtrace.recording.sensors.graph.raw_scores import find_raw_scores

Y = torch.tensor([0, 2, 1, 3])
SHARES = torch.full((4, 4), 0.25)
NOISE = torch.randn(4, 4)

RAW = {
    "index": lambda s: -s[torch.arange(4), Y].mean(),
    "gather": lambda s: -s.gather(1, Y[:, None]).squeeze(1).sum() / 4,
    "weighed": lambda s: -(SHARES * s).sum(1).mean(),
    "beside a penalty": lambda s: -s[torch.arange(4), Y].mean() + 0.1,
}
SIGNED = {
    "less a target": lambda s: (s - NOISE).mean(),
    "a target less it": lambda s: (NOISE - s).sum() * 0.5,
}
BOUNDED = {
    "log-probabilities": lambda s: -s.log_softmax(1)[torch.arange(4), Y].mean(),
    "a partition by hand": lambda s: (s.exp().sum(1).log() - s[torch.arange(4), Y]).mean(),
    "a margin": lambda s: torch.relu(1 - s.gather(1, Y[:, None])).mean(),
    "squares": lambda s: (s - NOISE).pow(2).mean(),
    "weights that are no shares": lambda s: (NOISE * s).sum(1).mean(),
    "rows of two kinds": lambda s: s[Y > 1].mean() - s[Y < 2].mean(),
    "one score for each of two kinds": lambda s: s[:, 0][Y > 1].mean() - s[:, 0][Y < 2].mean(),
    "a mean of all": lambda s: -s.mean(),
}


def found(loss):
    nodes = walk(loss.grad_fn)
    return find_raw_scores([loss.grad_fn], nodes, lambda node: False)


def kinds(loss):
    return {name for name, nodes in found(loss).items() if nodes}


def layer():
    return nn.Linear(3, 4)(torch.randn(4, 3))


@pytest.mark.parametrize("loss", RAW.values(), ids=RAW)
def test_what_is_picked_raw_is_found(loss):
    assert kinds(loss(layer())) == {"raw_picks"}


@pytest.mark.parametrize("loss", SIGNED.values(), ids=SIGNED)
def test_differences_with_their_signs_are_found(loss):
    (node,) = found(loss(layer()))["signed_differences"]
    assert name_of(node).startswith(("Sub", "Rsub"))


@pytest.mark.parametrize("loss", BOUNDED.values(), ids=BOUNDED)
def test_what_is_bounded_is_left_alone(loss):
    assert not kinds(loss(layer()))


def test_the_opinions_of_two_calls_are_left_alone():
    judge, picked = nn.Linear(3, 4), (torch.arange(4), Y)
    real, made = judge(torch.randn(4, 3)), judge(torch.randn(4, 3))
    assert not kinds(made[picked].mean() - real[picked].mean())
