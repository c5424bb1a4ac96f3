"""A module is copied while it is recorded: what fails in our look at the copy is ours."""

import copy

import torch

import backtrace
from backtrace.recording.sensors import models


def test_a_copy_is_made_where_our_look_at_its_parts_fails(monkeypatch):
    def fail(module):
        raise OSError("no space left")

    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        with monkeypatch.context() as patched:
            patched.setattr(models.module_tree, "children", fail)
            made = copy.deepcopy(model)
        made(torch.ones(1, 2)).sum().backward()
    assert torch.equal(made[0].weight, model[0].weight)
    assert any("no space left" in repr(event) for event in trace.events)
