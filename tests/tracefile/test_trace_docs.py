"""The queries of docs/trace.md, on a real trace; and what options leave in a file."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from math import isnan
from pathlib import Path

import pytest
import torch
from torch import nn

import backtrace
from backtrace.tracefile import TraceFile, load, open_trace, write_trace

DOCS = Path(__file__).parents[2] / "docs" / "trace.md"
QUERIES = re.findall(r"```sql\n(.*?)```", DOCS.read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def trace(tmp_path_factory):
    """Ten updates; from the fourth on the second layer gets no gradient, the ninth overflows."""
    torch.manual_seed(0)
    model = nn.ModuleDict({"one": nn.Linear(20, 2), "two": nn.Linear(20, 2)})
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    path = tmp_path_factory.mktemp("trace") / "run.trace"
    with backtrace.record(model, optimizer, file=path) as trace:
        for number in range(1, 11):
            optimizer.zero_grad()
            loss = model["one"](torch.randn(3, 20)).square().sum()
            if number <= 3:
                loss = loss + model["two"](torch.randn(3, 20)).square().sum()
            if number == 9:
                loss = loss * float("inf")
            loss.backward()
            optimizer.step()
    return trace


def ask(trace, query):
    with closing(sqlite3.connect(trace.path)) as connection:
        return connection.execute(query).fetchall()


def test_there_are_five_queries():
    assert len(QUERIES) == 5


def test_which_parameters_have_had_no_gradient(trace):
    assert sorted(ask(trace, QUERIES[0])) == [("two.bias",), ("two.weight",)]


def test_which_updates_moved_a_parameter_most(trace):
    found = ask(trace, QUERIES[1])
    rows = trace.updates[1].rows
    assert len(found) == 10
    wanted = rows["one.bias"].change.norm / rows["one.bias"].value_before.norm
    every = QUERIES[1].replace("LIMIT 10", "")
    ratios = {(number, name): ratio for number, name, ratio in ask(trace, every)}
    assert ratios[2, "one.bias"] == wanted


def test_where_the_first_nonfinite_gradient_was(trace):
    ((update, kind, place, name),) = ask(trace, QUERIES[2])
    assert (update, kind, name) == (9, "BackwardRan", "one.bias")
    assert place.partition(":")[0].endswith("test_trace_docs.py")


def test_what_share_of_each_gradient_is_zero(trace):
    shares = dict(ask(trace, QUERIES[3]))
    points = [share for _, name, share in trace.series("zeros") if name == "one.weight"]
    assert shares["one.weight"] == pytest.approx(sum(points) / len(points))


def test_which_lines_changed_values(trace):
    ((place, kind, times),) = ask(trace, QUERIES[4])
    assert place.partition(":")[0].endswith("test_trace_docs.py")
    assert kind == "StepTaken" and times == 10


def rewritten(trace, path, **settings):
    whole = load(trace.path)
    write_trace(path, whole.header, whole.events, **settings)
    return TraceFile(path)


def test_norms_alone(trace, tmp_path):
    file = rewritten(trace, tmp_path / "a.trace", readings="norm")
    row, whole = file.updates[1].rows["one.bias"], trace.updates[1].rows["one.bias"]
    assert row.change.norm == whole.change.norm and row.change.zeros == whole.change.zeros
    assert isnan(row.change.mean) and row.change.values is None
    assert not row.value_books.is_known
    assert file.recording["readings"] == "norm"


def test_only_some_tensors(trace, tmp_path):
    file = rewritten(trace, tmp_path / "a.trace", params=["one.*"])
    assert set(file.parameters) == {"one.weight", "one.bias"}
    assert [set(update.rows) for update in file.updates] == [{"one.weight", "one.bias"}] * 10
    assert file.losses[:8] == trace.losses[:8]


def is_full(update):
    readings = [
        reading
        for row in update.rows.values()
        for reading in (row.value_before, row.grad_after, row.change, row.value_after)
        if reading is not None and not reading.nonfinite
    ]
    kinds = {isnan(reading.mean) for reading in readings}
    return False if kinds == {True} else True if kinds == {False} else None


def test_the_flight_recorder_keeps_the_last_updates_and_what_led_to_a_crash(tmp_path):
    torch.manual_seed(0)
    model = nn.Linear(20, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer) as trace:
        for number in range(1, 21):
            optimizer.zero_grad()
            loss = model(torch.randn(3, 20)).square().sum()
            if number == 8:
                model.weight.register_hook(lambda grad: grad * float("nan"))
            loss.backward()
            if number >= 8:
                for parameter in model.parameters():
                    parameter.grad = None
                    loss = model(torch.randn(3, 20)).square().sum()
                model.weight._backward_hooks.clear()
                loss.backward()
            optimizer.step()
    write_trace(tmp_path / "a.trace", trace.header, trace.events, last=3)
    with open_trace(tmp_path / "a.trace") as file:
        found = {update.index for update in file.updates if is_full(update)}
        details = {row[0] for row in file._query("SELECT id FROM updates WHERE detail = 'full'")}
        assert details == {5, 6, 7, 8, 18, 19, 20}
        assert details <= found
        assert not found & {2, 3, 4, 13, 14, 15, 16}
        for place in (4, 5, 6, 17, 18, 19):
            assert file.updates[place] == trace.updates[place]
