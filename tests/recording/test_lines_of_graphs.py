"""What is found in a graph is told with the line that computed it, from the next such graph on."""

from __future__ import annotations

import inspect

import pytest
import torch
from torch import nn

import backtrace
from backtrace.diagnose.rules.gradients import no_gradient
from backtrace.diagnose.rules.policies import advantage_with_gradient
from backtrace.diagnose.stretch import make_stretch
from backtrace.ledger.graph_seen import GraphSeen


def line_of(function: object, text: str) -> int:
    """Return the number of the line of a function that has a text in it."""
    lines, first = inspect.getsourcelines(function)
    return first + next(at for at, line in enumerate(lines) if text in line)


def number_of(where: str) -> int:
    return int(where.rpartition(":")[2])


def learn_a_policy(updates: int, modes: list[bool]) -> None:
    policy, critic = nn.Linear(3, 2), nn.Linear(3, 1)
    optimizer = torch.optim.SGD([*policy.parameters(), *critic.parameters()], lr=0.1)
    for _ in range(updates):
        states = torch.randn(4, 3)
        chosen = policy(states).log_softmax(1).gather(1, torch.tensor([[0], [1], [1], [0]]))
        advantage = torch.ones(4, 1) - critic(states)
        loss = -(chosen * advantage).mean()
        optimizer.zero_grad()
        loss.register_hook(lambda grad: modes.append(torch.is_anomaly_enabled()))
        loss.backward()
        optimizer.step()


def test_an_advantage_is_blamed_where_it_is_made():
    modes: list[bool] = []
    with backtrace.record() as trace:
        learn_a_policy(4, modes)
    graphs = [event for event in trace.events if isinstance(event, GraphSeen)]
    at = line_of(learn_a_policy, "advantage =")
    assert [number_of(each.lines.get("live_advantages", ":0")) for each in graphs] == [0, at, 0, 0]
    (finding,) = advantage_with_gradient.check(make_stretch(trace.events))
    assert number_of(finding.where) == at
    assert modes == [False] * 4
    assert not torch.is_anomaly_enabled()


def test_a_run_of_one_backward_leaves_nothing_on():
    with backtrace.record() as trace:
        learn_a_policy(1, [])
    assert not torch.is_anomaly_enabled()
    (finding,) = advantage_with_gradient.check(make_stretch(trace.events))
    assert number_of(finding.where) == line_of(learn_a_policy, "loss.backward()")


@pytest.mark.parametrize("is_on", [False, True])
def test_a_derivative_is_taken_as_the_program_has_it(is_on):
    modes: list[bool] = []
    with backtrace.record(), torch.autograd.set_detect_anomaly(is_on, check_nan=False):
        learn_a_policy(1, [])
        value = torch.ones(1, requires_grad=True)
        (value * 2).register_hook(lambda grad: modes.append(torch.is_anomaly_enabled()))
        doubled = value * 2
        doubled.register_hook(lambda grad: modes.append(torch.is_anomaly_enabled()))
        torch.autograd.grad(doubled, value)
        assert torch.is_anomaly_enabled()  # ours, or the program's
    assert modes == [is_on]
    assert not torch.is_anomaly_enabled()


def test_a_program_that_looks_for_anomalies_meanwhile_is_left_alone():
    with backtrace.record():
        learn_a_policy(1, [])
        value = torch.zeros(1, requires_grad=True)
        with torch.autograd.set_detect_anomaly(True), pytest.raises(RuntimeError, match="nan"):
            (value.sqrt() * 0).backward()
    assert not torch.is_anomaly_enabled()


class Cut(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.head = nn.Linear(3, 3), nn.Linear(3, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        code = self.encoder(x).detach()
        return self.head(code)


def test_what_gets_no_gradient_is_blamed_where_it_is_called():
    with backtrace.record() as trace:
        model = Cut()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.ones(2, 3)).sum().backward()
            optimizer.step()
    (finding,) = no_gradient.check(make_stretch(trace.events))
    assert finding.parameters == ("encoder.weight", "encoder.bias")
    assert number_of(finding.where) == line_of(Cut.forward, "detach")
