"""What the user's global variables hold bears their names: an optimizer's tensors, one model."""

from __future__ import annotations

import torch

import backtrace
from backtrace.diagnose.naming import rename
from backtrace.diagnose.rule import Finding
from backtrace.ledger.facts import ModelSeen

SCRIPT = """
import torch
w = torch.zeros(3, requires_grad=True)
layers = [torch.zeros(2, requires_grad=True), torch.zeros(2, requires_grad=True)]
opt = torch.optim.SGD([w, *layers, torch.zeros(1, requires_grad=True)], lr=0.1)
params = opt.param_groups[0]["params"]
del params
for _ in range(2):
    opt.zero_grad()
    sum(p.sum() for p in opt.param_groups[0]["params"]).backward()
    opt.step()
"""


def test_global_variables_and_lists_name_what_is_stepped(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(SCRIPT, encoding="utf-8")
    with backtrace.record() as trace:
        exec(compile(SCRIPT, str(path), "exec"), {"__name__": "__main__"})
    names = ["w", "layers[0]", "layers[1]", "optimizer[0].param[3]"]
    assert [list(update.rows) for update in trace.updates] == [names] * 2


def test_an_optimizer_that_was_there_before_is_no_way_to_its_tensors(tmp_path):
    names = {"__name__": "__main__", "torch": torch, "backtrace": backtrace}
    path = tmp_path / "own.py"
    source = (
        "opt = torch.optim.SGD([torch.zeros(3, requires_grad=True)], lr=0.1)\n"
        "with backtrace.record(opt) as trace:\n"
        "    opt.param_groups[0]['params'][0].sum().backward()\n"
        "    opt.step()\n"
    )
    exec(compile(source, str(path), "exec"), names)
    assert list(names["trace"].updates[0].rows) == ["optimizer[0].param[0]"]


NETWORK = """
import torch
from torch import nn
net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    for _ in range(2):
        opt.zero_grad()
        net(torch.ones(3, 2)).sum().backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        net(torch.ones(3, 2))
"""


def test_advice_on_the_one_model_has_its_variable(tmp_path):
    with backtrace.record() as trace:
        exec(compile(NETWORK, str(tmp_path / "own.py"), "exec"), {"__name__": "__main__"})
    (seen,) = [event for event in trace.events if isinstance(event, ModelSeen)]
    assert (seen.module, seen.written) == ("model", "net")
    (left,) = [each for each in trace.diagnose().findings if each.code == "BT305"]
    assert left.message.startswith("net is trained in evaluation mode")
    assert left.fix == "call net.train() before the training loop and after each evaluation"


def test_the_word_model_stays_a_word():
    text = "2 tensors of this model, which no model computes with; model.train(), a_model.eval()"
    finding = Finding("BT1", "p", "note", text, "call my.model.train()", 1)
    told = rename(finding, {"model": "net"})
    assert told.message == text.replace(" model.train()", " net.train()")
    assert told.fix == "call my.model.train()"
