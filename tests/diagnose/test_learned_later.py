"""What a long run trains in a later stage is not said never to learn in its first."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace
from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.history import History


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 1), nn.Linear(4, 1)

    def forward(self, inputs, stage):
        head = self.first if stage == 1 else self.second
        return head(torch.tanh(self.body(inputs)))


def train(net, optimizer, stage, updates=12):
    for _ in range(updates):
        loss = net(torch.randn(5, 3), stage).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def second_head_later(net, stages):
    train(net, torch.optim.SGD(net.parameters(), lr=0.01), 1)
    if stages == 2:
        train(net, torch.optim.SGD(net.parameters(), lr=0.01), 2)


def body_held_later(net, stages):
    train(net, torch.optim.SGD(net.first.parameters(), lr=0.01), 1)
    if stages == 2:
        train(net, torch.optim.SGD(net.parameters(), lr=0.01), 1)


def second_optimizer_steps_later(net, stages):
    optimizer = torch.optim.SGD(net.body.parameters(), lr=0.01)
    other = torch.optim.SGD(net.first.parameters(), lr=0.01)
    for update in range(24):
        loss = net(torch.randn(5, 3), 1).square().mean()
        optimizer.zero_grad()
        other.zero_grad()
        loss.backward()
        optimizer.step()
        if stages == 2 and update > 12:
            other.step()


@pytest.mark.parametrize(
    ("code", "loop"),
    [
        ("BT204", second_head_later),
        ("BT201", body_held_later),
        ("BT213", second_optimizer_steps_later),
    ],
)
@pytest.mark.parametrize("stages", [1, 2])
def test_what_learns_later_is_left_out(code, loop, stages):
    torch.manual_seed(0)
    history = History(full=4)
    with backtrace.record(sink=history.take):
        loop(TwoHeads(), stages)
    assert (code in {each.code for each in diagnose(history.stretches()).findings}) == (stages == 1)
