"""A view that fails is told nothing more, the run goes on, and the end says so, once."""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path
from textwrap import dedent

import pytest
import torch

from backtrace.config.load import load_config
from backtrace.driver.driver import drive
from backtrace.driver.options import RecordOptions
from backtrace.driver.script import Program
from backtrace.driver.sources.config import ConfigSource, run_config
from backtrace.driver.sources.script import run_script
from backtrace.driver.sources.trace import TraceSource
from backtrace.driver.view import View
from backtrace.ledger.events import StepTaken
from backtrace.ledger.trace import Header, Trace

UPDATES = 4
SCRIPT = f"""\
import torch
torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range({UPDATES}):
    optimizer.zero_grad()
    model(torch.ones(3, 2)).sum().backward()
    optimizer.step()
print(model.weight.tolist())
"""
MOMENTS = ["start", "event 1", "event 7", "update 1", "update 3", "finish", "never"]


class Failing(View):
    """Fails at one moment, and counts what it is told."""

    def __init__(self, moment, error=RuntimeError):
        self.moment, self.error = moment, error
        self.told, self.events, self.updates = [], 0, 0

    def _tell(self, name):
        self.told.append(name)
        if name == self.moment:
            raise self.error("it broke")

    def start(self, plan):
        self._tell("start")

    def take_event(self, event):
        self.events += 1
        self._tell(f"event {self.events}")

    def take_update(self, update):
        self.updates += 1
        self._tell(f"update {self.updates}")

    def finish(self, result):
        self.result = result
        self._tell("finish")


class Keeping(Failing):
    """Never fails, and keeps the events."""

    def __init__(self):
        super().__init__("")
        self.kept, self.last = [], []

    def take_event(self, event):
        super().take_event(event)
        self.kept.append(event)

    def take_update(self, update):
        super().take_update(update)
        self.last.append({name: row.value_after for name, row in update.rows.items()})


def run_a_config(views):
    return run_config(load_config("linear").limited(UPDATES), views, ignore=()).report()


@pytest.fixture
def run_a_script(tmp_path, monkeypatch):
    path = tmp_path / "train.py"
    path.write_text(dedent(SCRIPT))

    def run(views):
        main, argv, first = sys.modules["__main__"], sys.argv, sys.path[:]
        random = torch.get_rng_state()
        try:
            return run_script(Program(str(path)), views, ignore=())
        finally:
            sys.modules["__main__"], sys.argv, sys.path[:] = main, argv, first
            torch.set_rng_state(random)

    return run


@pytest.fixture(scope="module")
def recorded():
    view = Keeping()
    drive(ConfigSource(load_config("linear").limited(UPDATES), RecordOptions()), [view])
    return view.kept


@pytest.fixture
def run_source(request, run_a_script, recorded):
    def run_a_file(views):
        return drive(TraceSource(Trace(events=recorded)), views, ignore=()).report()

    return {"config": run_a_config, "script": run_a_script, "file": run_a_file}


@pytest.mark.parametrize("source", ["config", "script", "file"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_run_goes_on_and_the_end_says_it_once(run_source, source, moment, capsys):
    bare = Keeping()
    assert run_source[source]([bare]) == 0
    printed = capsys.readouterr().out
    failing, other = Failing(moment), Keeping()
    code = run_source[source]([failing, other])
    out, err = capsys.readouterr()
    assert out == printed
    assert other.told == bare.told and other.last == bare.last, "the same bits"
    assert other.result.diagnosis.updates == UPDATES and not other.result.interrupted
    assert err.count("it broke") == (moment != "never")
    assert failing.told[-1] == (moment if moment != "never" else "finish")
    fails = moment != "never" and source != "script"  # whose exit code is its own
    assert code == (2 if fails else 0)


@pytest.mark.parametrize("source", ["config", "script", "file"])
def test_a_reader_that_closed_its_pipe_is_no_error(run_source, source, capsys):
    other = Keeping()
    assert run_source[source]([Failing("update 1", BrokenPipeError), other]) == 0
    assert other.updates == UPDATES and capsys.readouterr().err == ""


@pytest.mark.parametrize("source", ["config", "file"])
def test_where_every_reader_has_gone_nothing_is_left_to_do(run_source, source, capsys):
    assert run_source[source]([Failing("update 1", BrokenPipeError)]) == 0
    assert capsys.readouterr().err == ""


def test_a_script_goes_on_without_any_reader(run_a_script, capsys):
    assert run_a_script([Failing("event 1", BrokenPipeError)]) == 0
    assert capsys.readouterr().out.startswith("[[")


def test_the_trace_is_whole_though_nobody_reads_the_tables(tmp_path):
    from backtrace.show.sinks.trace_file import FileOptions, recording_views
    from backtrace.tracefile import open_trace

    file = recording_views(FileOptions(str(tmp_path / "a.trace")))
    run_a_config([*file, Failing("update 1", BrokenPipeError)])
    with open_trace(Path(tmp_path / "a.trace")) as trace:
        assert trace.is_finished and len(trace.updates) == UPDATES


def test_views_are_finished_in_the_opposite_order():
    order = []

    class Noting(View):
        def __init__(self, name):
            self.name = name

        def start(self, plan):
            order.append(f"start {self.name}")

        def finish(self, result):
            order.append(f"finish {self.name}")

    run_a_config([Noting("a"), Noting("b")])
    assert order == ["start a", "start b", "finish b", "finish a"]


def test_what_the_ledger_stumbles_on_does_not_end_a_training(monkeypatch, capsys):
    from backtrace.ledger.ledger import Ledger

    def take(self, event):
        raise KeyError("odd")

    monkeypatch.setattr(Ledger, "take", take)
    view = Keeping()
    assert run_a_config([view]) == 2
    assert capsys.readouterr().err.count("odd") == 1


class Writing(View):
    """Writes 2 MiB when the first update is there, past what the program allows itself."""

    def __init__(self, path):
        self.path = path

    def take_update(self, update):
        with self.path.open("wb", buffering=0) as file:
            file.seek(2**21)
            file.write(b"1")


def test_a_file_of_ours_past_the_programs_limit_sends_it_no_signal(tmp_path):
    limits, sent = resource.getrlimit(resource.RLIMIT_FSIZE), []
    before = signal.signal(signal.SIGXFSZ, lambda number, frame: sent.append(number))
    at = {"index": 0, "elapsed": 0.0, "where": ""}
    step = StepTaken(**at, optimizer="o", type="SGD", lr=(0.1,), grads={}, values={})
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))
    try:
        end = drive(TraceSource(Trace(Header(), [step])), [Writing(tmp_path / "a")])
        assert [type(each) for each in end.failures] == [OSError]
        assert sent == []
        signal.raise_signal(signal.SIGXFSZ)  # the program's own arrives, as ever
        assert sent == [signal.SIGXFSZ]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
