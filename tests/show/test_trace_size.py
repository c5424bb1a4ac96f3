"""A trace of very many tensors: what it takes is said before, or it is refused."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
import torch
from command_runs import run_here
from torch import nn

import backtrace
from backtrace.ledger.events import ParameterSeen, StepTaken
from backtrace.show import trace_size
from backtrace.tracefile import decode, find_entries, open_trace

COMMANDS = (
    "show a.trace", "report a.trace -o a.html", "diff a.trace b.trace", "watch a.trace",
    "export a.trace --format csv",
)  # fmt: skip
OF_ONE = "show a.trace --update 1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("traces")
    for name in ("a.trace", "b.trace"):
        torch.manual_seed(0)
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with backtrace.record(file=made / name):
            for _ in range(2):
                optimizer.zero_grad()
                nn.functional.mse_loss(model(torch.ones(3, 2)), torch.zeros(3, 1)).backward()
                optimizer.step()
    return made


@pytest.mark.parametrize("command", [*COMMANDS, OF_ONE])
def test_a_small_one_is_worth_no_word(folder, command):
    done = run_here(*command.split(), cwd=folder)
    assert done.returncode == 0 and "readings of" not in done.stderr


@pytest.mark.parametrize("command", [*COMMANDS, OF_ONE])
def test_it_is_refused_where_there_is_less_memory(folder, monkeypatch, command):
    monkeypatch.setattr(trace_size, "_FEW", 1)
    monkeypatch.setattr(trace_size, "available_bytes", lambda: 1000)
    done = run_here(*command.split(), cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    assert "tensors, for which about" in done.stderr and "1,000 bytes are available" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_long_wait_is_said(folder, monkeypatch, command):
    monkeypatch.setattr(trace_size, "_SECONDS", 7.0)
    done = run_here(*command.split(), cwd=folder)
    assert done.returncode == 0
    assert "readings of" in done.stderr and "tensors: this takes about" in done.stderr


def test_a_long_wait_for_one_update_is_said(folder, monkeypatch):
    monkeypatch.setattr(trace_size, "_SECONDS", 7.0)
    assert "this takes" not in run_here(*OF_ONE.split(), cwd=folder).stderr
    monkeypatch.setattr(trace_size, "_SECONDS_OF_UPDATE", 50.0)
    said = run_here(*OF_ONE.split(), cwd=folder).stderr
    assert "an update of" in said and "tensors: this takes about" in said


ALL = (*COMMANDS, OF_ONE, "why a.trace weight", "show a.trace --sort grad.norm")


@pytest.mark.parametrize("command", ALL)
def test_an_update_of_many_events_is_treated_alike(folder, monkeypatch, command):
    with open_trace(folder / "a.trace") as trace:
        most = trace.search(lambda finder: finder.count_largest())
    monkeypatch.setattr(trace_size, "_SECONDS_OF_EVENT", 9.0)
    said = run_here(*command.split(), cwd=folder).stderr
    assert f"an update of {most} events: this takes about" in said
    monkeypatch.setattr(trace_size, "_FEW_EVENTS", 1)
    monkeypatch.setattr(trace_size, "available_bytes", lambda: 1000)
    done = run_here(*command.split(), cwd=folder)
    assert done.returncode == 2 and "events, for which about" in done.stderr
    monkeypatch.setattr(trace_size, "MOST_EVENTS", 1)
    done = run_here(*command.split(), cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    assert f"a.trace: has an update of {most} events, and 1 can be followed at once" in done.stderr
    assert "jsonl` writes its events down" in done.stderr
    written = run_here("export", "a.trace", "--format", "jsonl", cwd=folder)
    assert written.returncode == 0 and "this takes about" in written.stderr


def test_a_file_that_tells_of_more_events_than_it_holds_is_not_believed(folder, monkeypatch):
    monkeypatch.setattr(find_entries, "_COUNTED", 1)
    with open_trace(folder / "a.trace") as trace:
        count = trace.count_events()
        told = trace.search(lambda finder: finder.count_largest())
    assert 1 < told < count
    other = folder / "c.trace"
    shutil.copy(folder / "a.trace", other)
    with closing(sqlite3.connect(other)) as made, made:
        made.execute("UPDATE updates SET last = 4611686018427387904")
    with open_trace(other) as trace:
        assert trace.search(lambda finder: finder.count_largest()) == count
    with closing(sqlite3.connect(other)) as made, made:
        made.execute("DELETE FROM updates")  # what no step has ended is an update of all
    with open_trace(other) as trace:
        assert trace.search(lambda finder: finder.count_largest()) == count


@pytest.mark.parametrize(
    ("seconds", "words"), [(44, "40 seconds"), (150, "2 minutes"), (7300, "2 hours")]
)
def test_words_for_a_wait(seconds, words):
    assert trace_size.describe_seconds(seconds) == words


def test_tensors_beyond_counting_hide_no_call(folder):
    """The debugger reads so many events of a place; a large model alone has more tensors."""
    with open_trace(folder / "a.trace") as trace:
        whole = trace.stretch(0)[1]
        tensors = [each for each in whole if isinstance(each, ParameterSeen)]
        calls = len(whole) - len(tensors)
        assert tensors and calls > 3
        assert trace.stretch(0, calls)[1] == whole
        assert len(trace.stretch(0, 1)[1]) < len(whole)


def test_a_refusal_of_many_tensors_says_what_to_do_instead(folder, monkeypatch):
    monkeypatch.setattr(trace_size, "MOST_TENSORS", 1)
    for command in (*COMMANDS, OF_ONE):
        done = run_here(*command.split(), cwd=folder)
        assert done.returncode == 2 and done.stdout == ""
        assert "a.trace: has 6 tensors, and those of 1 can be followed at once" in done.stderr
        assert "backtrace export" in done.stderr


def test_its_events_can_be_written_down_all_the_same(folder, monkeypatch):
    monkeypatch.setattr(trace_size, "MOST_TENSORS", 1)
    monkeypatch.setattr(trace_size, "_SECONDS", 7.0)
    done = run_here("export", "a.trace", "--format", "jsonl", cwd=folder)
    assert done.returncode == 0 and len(done.stdout.splitlines()) > 10
    assert "tensors: this takes about" in done.stderr


def test_few_of_many_entries_are_held_at_once(folder, monkeypatch):
    """Of a wide model every call has an entry for each tensor: calls are read one by one."""
    with open_trace(folder / "a.trace") as trace:
        expected = list(trace.events)
    monkeypatch.setattr(decode, "_ROOM", 3)
    with open_trace(folder / "a.trace") as trace:
        assert list(trace.events) == expected
        held = [len(trace.replay().decoder._readings) for _ in trace.replay().decoder.events(0, 99)]
    assert max(held) < 12


def test_a_report_reads_each_chosen_update_once(folder, monkeypatch):
    read = []
    events = decode.Decoder.events

    def counted(self, first, end):
        for id, event in events(self, first, end):
            read.append(event)
            yield id, event

    monkeypatch.setattr(decode.Decoder, "events", counted)
    assert run_here("report", "a.trace", "-o", "b.html", cwd=folder).returncode == 0
    steps = [each for each in read if isinstance(each, StepTaken)]
    assert len(steps) == 4  # of 2 updates: once for the verdict, once for the tables


def test_no_tensor_is_looked_for_alone(folder, monkeypatch):
    """Beyond so many tensors those of a call are read anew: together, or it takes their square."""
    monkeypatch.setattr(decode, "_MANY", 1)
    monkeypatch.setattr(decode, "_ROOM", 3)
    fetch, missed = decode.Decoder._fetch_tensors, []

    def counted(self, ids):
        missed.append(any(id not in self._tensors for id in ids) and in_fetch[0])
        fetch(self, ids)

    in_fetch, tensor = [False], decode.Decoder.tensor

    def one(self, id):
        in_fetch[0] = True
        found = tensor(self, id)
        in_fetch[0] = False
        return found

    monkeypatch.setattr(decode.Decoder, "_fetch_tensors", counted)
    monkeypatch.setattr(decode.Decoder, "tensor", one)
    with open_trace(folder / "a.trace") as trace:
        assert list(trace.events)
    assert missed and not any(missed)
