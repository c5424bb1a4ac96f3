"""Tensors that an optimizer holds and no model has bear the names of the user's variables."""

from __future__ import annotations

import torch

import backtrace

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
