"""A clipping after step is told also where it touches gradients that no step ever reads."""

from __future__ import annotations

import pytest
import torch

import backtrace


@pytest.mark.parametrize(("is_held", "codes"), [(False, {"BT107", "BT201"}), (True, {"BT107"})])
def test_a_parameter_in_no_optimizer_does_not_hide_a_late_clipping(is_held, codes):
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    model.extra = torch.nn.Parameter(torch.zeros(1))
    held = [model.weight, model.bias, *([model.extra] if is_held else [])]
    sgd = torch.optim.SGD(held, lr=0.01)
    x = torch.randn(32, 4)
    with backtrace.record(model, sgd) as trace:
        for _ in range(4):
            torch.nn.functional.mse_loss(model(x) + model.extra, 10 * x[:, :1]).backward()
            sgd.step()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            sgd.zero_grad()
    assert {found.code for found in trace.diagnose().alarms} == codes


def test_one_that_another_optimizer_is_still_to_read_is_not_late():
    torch.manual_seed(0)
    one, two = torch.nn.Linear(4, 4), torch.nn.Linear(4, 1)
    first = torch.optim.SGD(one.parameters(), lr=0.01)
    second = torch.optim.SGD(two.parameters(), lr=0.01)
    x = torch.randn(32, 4)
    with backtrace.record(one, two, first, second) as trace:
        for _ in range(4):
            two(one(x)).square().mean().backward()
            first.step()
            torch.nn.utils.clip_grad_norm_([*one.parameters(), *two.parameters()], 1.0)
            second.step()
            first.zero_grad()
            second.zero_grad()
    assert "BT107" not in {found.code for found in trace.diagnose().alarms}
