"""What fails before a script begins is ours: the script runs bare, with its own exit code."""

from __future__ import annotations

import signal

import pytest
from command_runs import run_here

from backtrace.driver import driver
from backtrace.driver.script import TorchWatch
from backtrace.show import run_views
from backtrace.show.sinks import trace_file

SCRIPT = """
import sys
import torch
weight = torch.nn.Parameter(torch.ones(1))
opt = torch.optim.SGD([weight], lr=0.5)
(weight * 3).sum().backward()
opt.step()
print("trained to", float(weight.detach()))
assert sys.exc_info() == (None, None, None)
raise {}
"""
PLACES = [
    (driver, "Driver"), (driver, "PatientInterrupt"), (TorchWatch, "__enter__"),
    (run_views, "views_of_script"), (trace_file, "RecordingView"),
]  # fmt: skip


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "train.py"

    def write(error):
        path.write_text(SCRIPT.format(error))
        return path.name

    return write


@pytest.mark.parametrize("fault", [RecursionError("too deep"), MemoryError(), OSError("no disk")])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[1])
def test_a_script_runs_bare_where_nothing_can_begin(script, tmp_path, monkeypatch, place, fault):
    def fail(*args, **kwargs):
        raise fault

    monkeypatch.setattr(*place, fail)
    done = run_here("run", "-o", "a.trace", script("SystemExit(7)"), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (7, "trained to -0.5\n")
    assert f"nothing was recorded, for it could not begin: {type(fault).__name__}" in done.stderr


def test_its_exception_is_its_own(script, tmp_path, monkeypatch):
    monkeypatch.setattr(driver, "Driver", lambda *args, **kwargs: 1 / 0)
    done = run_here("run", script("KeyError('mine')"), cwd=tmp_path)
    assert done.returncode == 1
    assert "KeyError: 'mine'" in done.stderr and "During handling" not in done.stderr
    assert done.stderr.count("ZeroDivisionError") == 1, (
        "in the line that says what was not recorded"
    )


def test_its_exit_code_stays_where_the_end_fails(script, tmp_path, monkeypatch):
    monkeypatch.setattr(driver, "RunEnd", lambda *args, **kwargs: 1 / 0)
    done = run_here("run", script("SystemExit(7)"), cwd=tmp_path)
    assert done.returncode == 7
    assert "not recorded: the end of the run: ZeroDivisionError" in done.stderr


LATE = """\
import signal, torch

def too_late(number, frame):
    raise TimeoutError

signal.signal(signal.SIGALRM, too_late)
"""


@pytest.mark.parametrize("text", [LATE, "import signal, torch; signal.setitimer(0, 600)"])
def test_a_signal_that_comes_when_a_script_is_over_comes_too_late(tmp_path, monkeypatch, text):
    (tmp_path / "late.py").write_text(f"{text}\nraise SystemExit(7)\n")
    before = signal.getsignal(signal.SIGALRM)
    make = driver.RunEnd

    def make_late(*args, **kwargs):
        signal.raise_signal(signal.SIGALRM)
        return make(*args, **kwargs)

    monkeypatch.setattr(driver, "RunEnd", make_late)
    try:
        done = run_here("run", "late.py", cwd=tmp_path)
        assert done.returncode == 7 and "TimeoutError" not in done.stderr
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("option", [("--lr", "2x"), ("--limit", "1")])
def test_what_was_asked_to_change_is_not_run_as_it_is(script, tmp_path, monkeypatch, option):
    monkeypatch.setattr(driver, "Driver", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_here("run", *option, script("SystemExit(7)"), cwd=tmp_path)
