"""Names are those of the outermost model, whatever happened to its parts before."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.facts import ModelSeen


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


GAN = """\
import torch
from torch import nn
def main():
    netG, netD = nn.Linear(2, 1), nn.Sequential(nn.Linear(1, 1))
    loose = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(
        netG.parameters(), lr=0.1)
    both = torch.optim.SGD([*netD.parameters(), *loose.parameters()])
    for _ in range(2):
        netD(netG(loose(torch.ones(1, 2)))).sum().backward()
        optimizer.step()
        both.step()
main()
"""
NAMES = ["netG.weight", "netG.bias", "netD.0.weight", "netD.0.bias", "loose.weight", "loose.bias"]


@pytest.mark.parametrize("is_global", [False, True])
def test_several_models_have_the_users_names(is_global, tmp_path):
    text = GAN.replace("\n    ", "\n").replace("    ", "  ") if is_global else GAN
    text = text.replace("def main():\n", "").replace("main()\n", "") if is_global else text
    path = tmp_path / "gan.py"
    path.write_text(text)
    with backtrace.record() as trace:
        exec(compile(text, str(path), "exec"), {"__name__": "__main__"})
    names = [name for update in trace.updates for name in update.rows]
    assert list(dict.fromkeys(names)) == NAMES


def test_models_that_are_all_called_model_are_told_apart():
    def make():
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        return model

    with backtrace.record() as trace:
        kept = [make() for _ in range(3)]
    assert len(kept) == 3
    seen = [event.module for event in trace.events if isinstance(event, ModelSeen)]
    assert seen == ["model", "model#2", "model#3"]
