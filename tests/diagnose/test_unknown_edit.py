"""An edit that only the end of a run comes upon: no line stands after it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

import backtrace
from backtrace.diagnose.diagnose import diagnose_events
from backtrace.language import localized, using_language
from backtrace.ledger.events import Edited


@pytest.mark.parametrize(("factor", "end"), [(2.0, ""), (float("nan"), "are not finite any more")])
def test_an_edit_at_the_end_of_a_run_is_told_without_a_line(factor, end):
    events = []
    net = torch.nn.Linear(3, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with backtrace.record(sink=events.append):
        for is_last in (False, True):
            optimizer.zero_grad()
            net(torch.ones(4, 3)).pow(2).mean().backward()
            if not is_last:
                optimizer.step()
        for each in net.parameters():
            each.grad.mul_(factor)
    # As the end of a script finds it, where nobody is on the stack.
    events = [replace(each, where="") if isinstance(each, Edited) else each for each in events]
    (finding,) = [f for f in diagnose_events(events).findings if f.code == "BT106"]
    assert finding.where == "" and "  " not in finding.message
    assert " after the last tracked call, by code that " in finding.message
    assert finding.message.endswith(end or "does not track")
    with using_language("zh"):
        told = localized(finding.message)
    assert "最后一次被跟踪的调用之后" in told and "finite" not in told
