"""Graphs in a trace: each structure once, with what was measured elsewhere, and no harm done."""

from __future__ import annotations

import warnings

import pytest
import torch
from command_runs import run_here
from torch import nn

import backtrace
from backtrace.errors import UsageError
from backtrace.explain.graph.saved import SavedTensors
from backtrace.ledger.graph_facts import GraphDrawn
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.show.recorded_graph import find_recorded_graphs


def small():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))
    return model, torch.optim.SGD(model.parameters(), 0.1)


def train(model, optimizer, losses):
    for loss in losses:
        optimizer.zero_grad()
        loss(model).backward()
        optimizer.step()
    return [each.detach().clone() for each in model.parameters()]


def square(model):
    return model(torch.ones(4, 3)).square().mean()


def absolute(model):
    return model(torch.ones(7, 3)).abs().mean()


def of_kind(trace, kind):
    return [event for event in trace.events if isinstance(event, kind)]


def test_each_structure_is_drawn_once_and_every_backward_names_its_own():
    model, optimizer = small()
    with backtrace.record(graph=True) as trace:
        train(model, optimizer, [square, absolute, square, absolute, square])
    first, second = of_kind(trace, GraphDrawn)
    assert [event.drawn for event in of_kind(trace, GraphSeen)] == [1, 2, 1, 2, 1]
    assert {node.operation for node in first.nodes} - {node.operation for node in second.nodes} == {
        "PowBackward0"
    }
    leaves = {name for node in first.nodes for name in node.names}
    assert leaves == {name for name, _ in model.named_parameters()}
    assert {(node.module, node.layer) for node in first.nodes if "Addmm" in node.operation} == {
        ("0", "Linear"), ("2", "Linear"),
    }  # fmt: skip
    lines = {node.where.rpartition(":")[0].rpartition("/")[2] for node in first.nodes if node.where}
    assert lines == {"test_drawn_graphs.py"}


def test_edges_are_autograds_and_bytes_those_that_hooks_measure():
    model, _ = small()
    saved = SavedTensors()
    with saved.watch():
        measured = square(model)
    parameters = {each.untyped_storage().data_ptr() for each in model.parameters()}
    own = {s.storage: s.bytes for s in saved.all if s.storage[1] not in parameters}
    del measured
    with backtrace.record(model, graph=True) as trace:
        loss = square(model)
        node, edges = loss.grad_fn, []
        waiting = [node]
        while waiting:
            node = waiting.pop()
            inputs = [each for each, _ in node.next_functions if each is not None]
            edges.append((node.name(), tuple(each.name() for each in inputs)))
            waiting += inputs
        loss.backward()
    (drawn,) = of_kind(trace, GraphDrawn)
    nodes = drawn.nodes
    assert sorted(edges) == sorted(
        (node.operation, tuple(nodes[at].operation for at in node.inputs)) for node in nodes
    )
    assert sum(node.extra for node in nodes) == sum(own.values()) > 0
    assert {fact.name: fact.has_grad for fact in drawn.tensors} == dict.fromkeys(
        ["0.weight", "0.bias", "2.weight", "2.bias"], True
    )


def test_training_and_its_errors_are_as_they_were():
    def fail(model):
        y = model(torch.ones(2, 3)).exp()
        loss = y.sum()
        y.detach().add_(1)  # exp keeps its result
        return loss

    def run():
        model, optimizer = small()
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            values = train(model, optimizer, [square, absolute])
            with pytest.raises(RuntimeError, match="inplace") as raised:
                fail(model).backward()
            with pytest.raises(RuntimeError, match="inplace") as again:
                torch.autograd.grad(fail(model), [*model.parameters()])
            values += [str(raised.value), str(again.value)]
        return values, [str(each.message) for each in told]

    bare, said = run()
    with backtrace.record(graph=True) as trace:
        recorded, told = run()
    assert len(of_kind(trace, GraphDrawn)) == 3  # that of the backward that failed as well
    assert told == said
    for one, other in zip(bare, recorded, strict=True):
        assert one == other if isinstance(one, str) else torch.equal(one, other)
    assert torch.is_anomaly_enabled() is False


def test_stacks_are_noted_only_while_something_new_may_come():
    def note(noted):
        def loss(model):
            noted.append(torch.is_anomaly_enabled())
            return square(model)

        return loss

    model, optimizer = small()
    noted = []
    with backtrace.record(graph=True):
        train(model, optimizer, [note(noted)] * 6)
    assert noted == [True, True, True, True, False, False]
    passed = []
    with backtrace.record(graph=True, every=3):
        train(model, optimizer, [note(passed)] * 4)
    assert passed == [True, False, False, True]


def test_no_more_than_sixteen_are_drawn():
    model, optimizer = small()

    def nested(count):
        def loss(model):
            value = square(model)
            for _ in range(count):
                value = value.sin()
            return value

        return loss

    with backtrace.record(graph=True) as trace:
        train(model, optimizer, [nested(count) for count in range(18)])
    assert len(of_kind(trace, GraphDrawn)) == 16
    assert [event.drawn for event in of_kind(trace, GraphSeen)][-3:] == [16, 0, 0]


def test_a_trace_shows_the_graph_of_an_update(tmp_path):
    path, bare = tmp_path / "run.trace", tmp_path / "bare.trace"
    model, optimizer = small()
    with backtrace.record(graph=True, file=path):
        train(model, optimizer, [square, absolute, square])
    with backtrace.record(file=bare):
        train(model, optimizer, [square])
    (first,), (second,), (third,) = (find_recorded_graphs(path, at) for at in (1, 2, 3))
    assert first.nodes == third.nodes != second.nodes
    assert first.chain == ("Linear", "ReLU", "Linear", "Pow", "Mean", "loss")
    assert len(third.notes) == 2 and "first graph like it" in third.notes[1]
    shown = run_here("graph", str(path), "--update", "2", cwd=tmp_path)
    assert shown.returncode == 0 and "AbsBackward0" in shown.stdout
    with pytest.raises(UsageError, match="updates 1–3"):
        find_recorded_graphs(path, 4)
    with pytest.raises(UsageError, match=r"holds no graphs: `backtrace run --graph -o "):
        find_recorded_graphs(bare, 1)
