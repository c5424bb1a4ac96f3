"""What a step that was too large led to is told with the update at which it was seen."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace


@pytest.mark.parametrize(("every", "ending"), [(1, ""), (4, " by update 5")])
def test_the_update_is_named_where_it_is_not_the_next(every, ending):
    torch.manual_seed(0)
    x = torch.randn(160, 10)
    net = nn.Linear(10, 1)
    with backtrace.record(every=every) as trace:
        optimizer = torch.optim.SGD(net.parameters(), lr=1.5)
        for _ in range(20):
            optimizer.zero_grad()
            nn.functional.mse_loss(net(x), x[:, :1]).backward()
            optimizer.step()
    (found,) = [each for each in trace.findings if each.code == "BT506"]
    read = trace.updates[1]
    assert read.index == 1 + every
    assert found.message.endswith(f" to {read.loss:.3g}{ending}")


@pytest.mark.parametrize(("scale", "is_named"), [(255.0, True), (1.0, False)])
def test_large_inputs_are_named_first(scale, is_named):
    torch.manual_seed(0)
    x = torch.rand(64, 16)
    net = nn.Sequential(nn.Linear(16, 8), nn.Linear(8, 1))
    with backtrace.record() as trace:
        optimizer = torch.optim.SGD(net.parameters(), lr=2.0)
        for _ in range(8):
            optimizer.zero_grad()
            nn.functional.mse_loss(net(scale * x), x[:, :1]).backward()
            optimizer.step()
    (found,) = [each for each in trace.findings if each.code == "BT506"]
    assert found.fix.startswith("scale what model is given, which is as large as 255") is is_named


def test_steps_by_hand_have_no_rate_to_lower():
    x = torch.linspace(0, 9, 50)[:, None].repeat(1, 3)
    weight = torch.ones(3, 1, requires_grad=True)
    with backtrace.record() as trace:
        for _ in range(12):
            (x @ weight - 2 * x.sum(1, keepdim=True)).square().mean().backward()
            with torch.no_grad():
                weight -= 0.1 * weight.grad
                weight.grad.zero_()
    fixes = [finding.fix for finding in trace.findings]
    assert any("make the steps by hand smaller" in fix for fix in fixes)
    assert not any("learning rate" in fix for fix in fixes)
