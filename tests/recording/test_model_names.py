"""Names are those of the outermost model, whatever happened to its parts before."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace


class Net(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body, self.head = body, nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.body(x))


def part_exchanged():
    body = nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), nn.Linear(4, 4))
    body[0][0] = nn.Linear(3, 4)
    return Net(body)


def head_exchanged():
    net = Net(nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 4)))
    net.body[1] = nn.Linear(4, 4)
    return net


def part_hung_in_later():
    net = Net(nn.ModuleDict())
    net.body["default"] = nn.Linear(3, 4)
    net.forward = lambda x: net.head(net.body["default"](x))
    return net


def parameter_given_later():
    net = Net(nn.Linear(3, 4))
    net.body.weight = nn.Parameter(torch.randn(4, 3))
    return net


@pytest.mark.parametrize(
    "make", [part_exchanged, head_exchanged, part_hung_in_later, parameter_given_later]
)
def test_the_names_are_the_models_own(make):
    with backtrace.record() as trace:
        net = make()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        net(torch.randn(5, 3)).sum().backward()
        optimizer.step()
    assert list(trace.updates[0].rows) == [name for name, _ in net.named_parameters()]
    assert [call.name for call in trace.updates[0].calls] == ["forward", "backward", "step"]
