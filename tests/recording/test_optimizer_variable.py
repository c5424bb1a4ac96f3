"""What the user calls an optimizer, as the lines of real loops have it."""

from __future__ import annotations

import pytest
import torch

import backtrace
from backtrace.diagnose.diagnose import diagnose_events
from backtrace.ledger.events import StepBegan

SCRIPT = """\
import torch
from types import SimpleNamespace as Space
model = torch.nn.Linear(2, 1)
(opt,) = [torch.optim.SGD(model.parameters(), lr=0.1)]
self = Space(optimizers={{"main": opt}}, opt=opt)
scaler = torch.amp.GradScaler("cpu", enabled=False)
(other,) = [torch.optim.SGD(torch.nn.Linear(2, 1).parameters(), lr=0.1)]
for _ in range(3):
    model(torch.ones(1, 2)).sum().backward()
    {step}
"""


def run(step, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(SCRIPT.format(step=step))
    with backtrace.record() as trace:
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__"})
    return trace.events


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("opt.step()", "opt"),
        ("self.opt.step()", "self.opt"),
        ("self.optimizers['main'].step()", "self.optimizers['main']"),
        ("scaler.step(opt)", "opt"),
        ("opt.step(lambda: None)", "opt"),
        ("[o.step() for o in [opt]]", "o"),
        ("getattr(opt, 'step')()", ""),
        ("opt.step(); other.step()", ""),
    ],
)
def test_the_name_is_what_the_line_has(step, name, tmp_path):
    found = {event.optimizer: event.written for event in run(step, tmp_path)
             if isinstance(event, StepBegan)}  # fmt: skip
    assert found["optimizer[0]"] == name


def test_findings_speak_of_it(tmp_path):
    (finding,) = [f for f in diagnose_events(run("self.opt.step()", tmp_path)).findings
                  if f.code == "BT101"]  # fmt: skip
    assert finding.message.startswith("self.opt.step at update 2 read gradients")
    assert "self.opt.zero_grad()" in finding.fix
    assert finding.optimizer == "optimizer[0]"


def test_a_name_that_two_share_is_not_used(tmp_path):
    events = run("for each in (opt, other): each.step()", tmp_path)
    messages = [finding.message for finding in diagnose_events(events).findings]
    assert messages and not any("each.step" in message for message in messages)
    assert [e.written for e in events if isinstance(e, StepBegan)] == ["each", *[""] * 5]
    assert torch.is_grad_enabled()


GAN = """\
import torch
class Trainer:
    def __init__(self):
        self.nets = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
        self.opt_g = torch.optim.SGD(self.nets[0].parameters(), lr=0.1)
        self.opt_d: object = torch.optim.Adam(
            self.nets[1].parameters(), lr=0.1)
    def fit(self):
        for net, opt in zip(self.nets, (self.opt_g, self.opt_d)):
            opt.zero_grad()
            net(torch.ones(1, 2)).sum().backward()
            opt.step()
trainer = Trainer()
for _ in range(2):
    trainer.fit()
"""


def test_the_line_that_made_it_tells_where_the_calls_have_a_loop_variable(tmp_path):
    path = tmp_path / "gan.py"
    path.write_text(GAN)
    with backtrace.record() as trace:
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__"})
    assert [each.called for each in trace.updates] == ["self.opt_g", "self.opt_d"] * 2
    assert [each.optimizer for each in trace.updates] == ["optimizer[0]", "optimizer[1]"] * 2
    calls = [call.name for call in trace.updates[-1].calls]
    assert "self.opt_g.step" in calls and "self.opt_g.zero_grad" in calls
