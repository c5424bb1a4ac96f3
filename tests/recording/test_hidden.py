"""What a model holds in a list or dict is tracked under the way there, once a graph leads to it."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

import backtrace
from backtrace.ledger.events import BackwardRan, ParameterSeen
from backtrace.ledger.facts import ModelSeen
from backtrace.ledger.graph_seen import GraphSeen


class Hiding(nn.Module):
    def __init__(self):
        super().__init__()
        self.known = nn.Linear(3, 3)
        self.layers = [nn.Linear(3, 3, bias=False)]
        self.scales = {"a": torch.ones(3, requires_grad=True), "unused": nn.Linear(2, 2)}

    def forward(self, x):
        return self.layers[0](self.known(x)) * self.scales["a"]


def test_layers_and_tensors_in_containers_are_named_by_the_way_there():
    with backtrace.record() as trace:
        model = Hiding()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.ones(2, 3)).sum().backward()
        optimizer.step()
    seen = {e.name for e in trace.events if isinstance(e, ParameterSeen)}
    assert seen == {"known.weight", "known.bias", "layers[0].weight", "scales['a']"}
    (graph,) = (e for e in trace.events if isinstance(e, GraphSeen))
    assert set(graph.reached) == seen
    (backward,) = (e for e in trace.events if isinstance(e, BackwardRan))
    assert {name for name, entry in backward.grads.items() if entry.delta} == seen


def count_held(keep):
    kept, model = [], nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(4):
            output = model(torch.ones(2, 3))
            loss = output.square().mean()
            (loss / 2).backward()
            keep(kept, output, loss)
            del output, loss
    return [e.held for e in trace.events if isinstance(e, GraphSeen)]


def test_a_graph_is_held_by_whatever_was_computed_on_its_way():
    assert count_held(lambda kept, output, loss: None) == [0, 0, 0, 0]
    assert count_held(lambda kept, output, loss: kept.append(loss)) == [0, 1, 2, 3]
    assert count_held(lambda kept, output, loss: kept.append(output)) == [0, 1, 2, 3]
    assert count_held(lambda kept, output, loss: kept.append(output.detach())) == [0, 0, 0, 0]


def test_the_line_that_makes_the_list_is_known():
    with backtrace.record() as trace:
        model = Hiding()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.ones(2, 3)).sum().backward()
        optimizer.step()
    hidden = [h for e in trace.events if isinstance(e, ModelSeen) for h in e.hidden]
    assert {each.attribute for each in hidden} == {"layers", "scales"}
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    for each in hidden:
        name, _, line = each.where.rpartition(":")
        assert Path(name).name == Path(__file__).name
        assert lines[int(line) - 1].strip().startswith(f"self.{each.attribute} = ")
