"""What a loss adds that has no graph is told by the source of its sum, beside what has one."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import backtrace
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.graph_parts import Addend
from backtrace.ledger.graph_seen import GraphSeen


def by_number(net, out, y):
    penalty = net.weight.norm().item()
    return 0.5 * F.mse_loss(out, y) + 0.1 * penalty


def by_prediction(net, out, y):
    hits = ((out > 0) == (y > 0)).float().mean()
    loss = hits + F.mse_loss(out, y) * 0.5
    return loss  # noqa: RET504  the sum has a line of its own


def without_graph(net, out, y):
    with torch.no_grad():
        penalty = net.weight.norm()
    loss = 0.5 * F.mse_loss(out, y)
    loss += penalty
    return loss


def by_constant(net, out, y):
    return 0.5 * F.mse_loss(out, y) + 0.9189385


def by_targets(net, out, y):
    spread = y.detach().var()
    return 0.5 * F.mse_loss(out, y) - spread


def graphs_of(loss_of):
    torch.manual_seed(0)
    net = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with backtrace.record() as trace:
        for _ in range(3):
            loss = loss_of(net, net(torch.randn(4, 3)), torch.randn(4, 2))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return [event for event in trace.events if isinstance(event, GraphSeen)]


@pytest.mark.parametrize(
    ("loss_of", "written"),
    [
        (by_number, "0.1 * penalty"),
        (by_prediction, "hits"),
        (without_graph, "penalty"),
        (by_constant, ""),
        (by_targets, ""),
    ],
)
def test_a_term_without_a_graph_is_named_where_its_source_shows_it(loss_of, written):
    graphs = graphs_of(loss_of)
    assert [each.addends for each in graphs] == [(Addend("MseLossBackward0", 0.5),)] * 3
    assert [each.cut_term for each in graphs] == ["", written, ""]


def test_a_sum_in_which_all_have_a_graph_is_passed_over():
    graphs = graphs_of(lambda net, out, y: F.mse_loss(out, y) + 0.1 * net.weight.norm())
    assert not any(each.addends or each.cut_term or each.lines for each in graphs)


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 1)

    def forward(self, x, label):
        return self.net(torch.cat([x, label], 1))


@pytest.mark.parametrize(
    ("give", "cut_from"),
    [
        (lambda fake, label: (fake.detach(), label), "maker"),
        (lambda fake, label: (fake, label.detach()), ""),
        (lambda fake, label: (fake, label), ""),
        (lambda fake, label: (fake.detach(), label.detach()), ""),
    ],
)
def test_an_output_that_lost_its_graph_is_told_beside_its_sources(give, cut_from):
    torch.manual_seed(0)
    encoder, maker, judge = nn.Linear(3, 2), nn.Linear(2, 2), Judge()
    first = torch.optim.SGD([*encoder.parameters(), *maker.parameters()], lr=0.1)
    second = torch.optim.SGD(judge.parameters(), lr=0.1)
    with backtrace.record() as trace:
        for _ in range(3):
            label = encoder(torch.randn(4, 3))
            fake = maker(label)
            loss = judge(*give(fake, label)).mean() + fake.square().mean()
            loss.backward()
            first.step()
            second.zero_grad()
    calls = [event for event in trace.events if isinstance(event, ForwardRan)]
    told = {each.module: each.cut_from for each in calls[-3:]}
    assert sorted(told.values()) == sorted(["", "", cut_from and list(told)[1]])
