"""`watch`: follows a training that another process writes, and never disturbs it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from textwrap import dedent

import pytest
from command_runs import run_here

from backtrace.ledger.trace import Header
from backtrace.tracefile import TraceWriter, open_trace, write_trace
from backtrace.tracefile.process import is_alive, this_process

TRAINING = """\
import sys, time
import torch
import backtrace
torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
with backtrace.record(model, optimizer, file="run.trace"):
    for line in sys.stdin:
        for _ in range(int(line)):
            model(torch.ones(4, 2)).pow(2).mean().backward()
            optimizer.step()
        print("done", flush=True)
"""


class Training:
    """A training in a process of its own, which goes on as it is told to."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-c", dedent(TRAINING)],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def train(self, updates):
        self.process.stdin.write(f"{updates}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def end(self):
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0


@pytest.fixture
def training(tmp_path, warm_processes):
    found = Training(tmp_path)
    yield found
    if found.process.poll() is None:
        found.process.kill()
    found.process.communicate()


@pytest.fixture
def watch(tmp_path, warm_processes):
    """Start watching; the output goes to files, so that nobody waits for a reader."""
    started = []

    def start(*options, wait="60"):
        words = [sys.executable, "-m", "backtrace", "watch", "run.trace", "--wait", wait, *options]
        env = {**os.environ, "COLUMNS": "100"}
        with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
            started.append(subprocess.Popen(words, cwd=tmp_path, stdout=out, stderr=err, env=env))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_for(path, text):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if path.exists() and text in path.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"no {text!r} in {path.read_text()!r}")


def count_updates(path):
    with open_trace(path) as trace:
        return sum(update.is_complete for update in trace.updates)


def test_a_training_is_followed_to_its_end(training, watch, tmp_path):
    watching = watch()
    training.train(3)
    wait_for(tmp_path / "out", "BT101")  # told while the training waits
    assert "Verdict" not in (tmp_path / "out").read_text()
    training.train(4)
    training.end()
    assert watching.wait(60) == 0
    out, err = (tmp_path / "out").read_text(), (tmp_path / "err").read_text()
    lines = [words for line in out.splitlines() if (words := line.split()) and "✓" in words]
    assert [words[0] for words in lines] == list("1234567")
    assert out.count("error BT101") == 2, "when it was made, and in the verdict"
    assert out.index("\n      3 ") < out.index("error BT101") < out.index("Verdict")
    assert "7 updates, loss" in out and "interrupted" not in out
    assert err.splitlines()[-1] == "backtrace show run.trace"
    assert count_updates(tmp_path / "run.trace") == 7
    with open_trace(tmp_path / "run.trace") as trace:
        assert trace.is_finished


def test_it_is_followed_as_tables(training, watch, tmp_path):
    watching = watch("--format", "table", "--updates", "2,last")
    training.train(5)
    wait_for(tmp_path / "out", "update 2 ")
    training.end()
    assert watching.wait(60) == 0
    out = (tmp_path / "out").read_text()
    assert out.index("update 2 ") < out.index("update 5 ") < out.index("Verdict")
    assert "update 1 · " not in out and "weight" in out


@pytest.mark.parametrize("form", ["line", "table"])
def test_a_writer_that_is_killed_loses_nothing_by_being_watched(training, watch, tmp_path, form):
    watching = watch("--format", form)
    training.train(4)
    wait_for(tmp_path / "out", "BT101")
    training.train(4)
    training.process.kill()
    assert watching.wait(60) == 1
    pid, err = training.process.pid, (tmp_path / "err").read_text()
    assert f"backtrace: process {pid} is gone and did not end its trace" in err
    assert "run.trace has its 8 finished updates\nbacktrace show run.trace\n" in err
    out = (tmp_path / "out").read_text()
    assert "interrupted: 8 updates" in out and "Verdict" in out
    assert count_updates(tmp_path / "run.trace") == 8


def test_ctrl_c_ends_the_watch_and_not_the_training(training, watch, tmp_path):
    watching = watch()
    training.train(3)
    wait_for(tmp_path / "out", "BT101")
    watching.send_signal(signal.SIGINT)
    assert watching.wait(60) == 130
    err = (tmp_path / "err").read_text()
    assert "the run of run.trace goes on" in err and "backtrace watch run.trace" in err
    assert "Traceback" not in err
    assert "interrupted: 3 updates" in (tmp_path / "out").read_text()
    training.train(3)
    training.end()
    assert count_updates(tmp_path / "run.trace") == 6


@pytest.fixture
def finished(tmp_path, training):
    training.train(3)
    training.end()
    return tmp_path / "run.trace"


@pytest.mark.parametrize("form", ["line", "table"])
def test_a_run_that_is_over_is_told_at_once(finished, tmp_path, form):
    before = finished.read_bytes()
    done = run_here("watch", "run.trace", "--format", form, cwd=tmp_path)
    assert done.returncode == 0
    assert "3 updates, loss" in done.stdout and "Verdict" in done.stdout
    assert done.stderr == "backtrace show run.trace\n"
    assert finished.read_bytes() == before
    assert [each.name for each in tmp_path.glob("run.trace*")] == ["run.trace"]


def test_a_closed_pipe_is_no_error(finished, tmp_path):
    words = f"{sys.executable} -m backtrace watch run.trace; echo $? >code"
    done = subprocess.run(
        f"({words}) | head -1", shell=True, cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.stdout.split()[0] == "update" and "Traceback" not in done.stderr
    assert (tmp_path / "code").read_text() == "0\n"


def test_a_file_that_never_comes(tmp_path):
    done = run_here("watch", "run.trace", "--wait", "0.5", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("backtrace: waiting for run.trace\nerror: run.trace: there is no")


def test_what_is_no_trace(tmp_path):
    (tmp_path / "run.trace").write_text("no database, " * 20)
    os.utime(tmp_path / "run.trace", (0, 0))
    done = run_here("watch", "run.trace", cwd=tmp_path)
    assert done.returncode == 2 and "is not a trace file" in done.stderr


def test_a_file_that_is_replaced_is_not_mixed_with_the_next(tmp_path, training, watch):
    watching = watch()
    training.train(2)
    wait_for(tmp_path / "out", "loss")
    write_trace(tmp_path / "run.trace", Header(), [], force=True)
    assert watching.wait(60) == 2
    assert "was replaced by another file" in (tmp_path / "err").read_text()


def test_options_that_do_not_fit(tmp_path):
    done = run_here("watch", "run.trace", "--updates", "1-3", cwd=tmp_path)
    assert done.returncode == 2 and "--format table" in done.stderr


# -- the process --------------------------------------------------------------------------------


def test_this_process_is_alive_and_one_that_ended_is_not():
    assert is_alive(this_process()) == "alive"
    code = "import json; from backtrace.tracefile.process import this_process as f"
    words = [sys.executable, "-c", f"{code}; print(json.dumps(f()))"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert is_alive(json.loads(done.stdout)) == "gone"


def test_a_number_that_was_given_again_is_another_process():
    here = this_process()
    if not here["started"]:
        pytest.skip("nobody says when a process began")
    assert is_alive({**here, "started": "1"}) == "gone"


@pytest.mark.parametrize(
    "process", [{}, {"pid": "1"}, {"pid": -1}, {"pid": 1, "machine": "another"}]
)
def test_a_process_of_another_machine_cannot_be_judged(process):
    assert is_alive(process) == "unknown"


def test_what_cannot_be_judged_is_said(tmp_path, watch):
    writer = TraceWriter(tmp_path / "run.trace")
    writer.start(Header(target="far"))
    with closing(sqlite3.connect(tmp_path / "run.trace")) as connection, connection:
        connection.execute("""UPDATE header SET value = '{"pid": 1, "machine": "far pid:[1]"}'
                              WHERE key = 'process'""")
    watching = watch()
    wait_for(tmp_path / "err", "cannot be seen here")
    assert "another machine or in a container (far)" in (tmp_path / "err").read_text()
    writer.finish(1.0, interrupted=False)
    assert watching.wait(60) == 0


def test_our_own_reading_leaves_the_writer_its_locks(tmp_path):
    path = tmp_path / "run.trace"
    writer = TraceWriter(path)
    writer.start(Header(target="locked"))
    with open_trace(path) as trace:
        assert trace.header.target == "locked"
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM header')"
    )
    subprocess.run([sys.executable, "-c", f"{code}; c.close()", str(path)], check=True)
    assert path.with_name("run.trace-wal").exists(), "another process took the writer for dead"
    writer.finish(1.0, interrupted=False)
    assert not path.with_name("run.trace-wal").exists()
