"""A script may close, redirect or replace its streams: it ends as it would, and is recorded."""

from __future__ import annotations

import contextvars
import errno
import io
import os
import signal
import sys
import threading

import pytest
from recording.script_runs import Seen, as_it_was

from backtrace.driver.own_stderr import open_own_stderr
from backtrace.driver.script import Program
from backtrace.driver.sources.script import run_script
from backtrace.interrupts import PatientInterrupt
from backtrace.language import adopt_language, current_language, using_language

TRAIN = """\
import io, signal, sys, threading
import torch
model = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def update():
    optimizer.zero_grad()
    model(torch.ones(2, 3)).pow(2).mean().backward()
    optimizer.step()
update()
"""

ENDS = {
    "sys.stdout = sys.stderr = None": 0,
    "sys.stdout.close(); sys.stderr.close()": 0,
    "del sys.stdout, sys.stderr": 0,
    "sys.stderr.close(); raise ValueError(1)": 1,
    "sys.stderr = None; sys.exit('said')": 1,
    "sys.stderr.close(); sys.exit('said')": 1,
    "sys.excepthook = lambda *a: sys.exit(7)\nraise ValueError": 7,
    "sys.excepthook = None; raise ValueError": 1,
    "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler": 0,
}


@pytest.fixture(autouse=True)
def streams():
    before = sys.stdout, sys.stderr, sys.excepthook
    yield
    sys.stdout, sys.stderr, sys.excepthook = before


@pytest.mark.parametrize("end", ENDS)
def test_a_script_ends_as_it_would(tmp_path, end):
    path = tmp_path / "a.py"
    path.write_text(TRAIN + end)
    sys.stdout, sys.stderr, seen = io.StringIO(), io.StringIO(), Seen()
    try:
        with as_it_was():
            code = run_script(Program(str(path)), [seen], errors=io.StringIO())
    except SystemExit as exit:  # what its own hook raised
        assert exit.code == ENDS[end]
        return
    assert code == ENDS[end] and seen.complete()


def test_what_we_say_goes_where_stderr_went(capfd):
    with open_own_stderr() as stream:
        sys.stderr = None
        print("said", file=stream)
    sys.stderr = sys.__stderr__
    assert capfd.readouterr().err == "said\n"


def test_a_descriptor_that_the_program_took_is_not_written_to(tmp_path, capfd):
    mine = tmp_path / "mine"
    with open_own_stderr() as stream:
        number = stream.fileno()
        os.close(number)
        descriptor = os.open(mine, os.O_RDWR | os.O_CREAT)
        os.dup2(descriptor, number)
        with pytest.raises(OSError) as raised:
            print("said", file=stream)
        assert raised.value.errno == errno.EBADF
    os.fstat(number)  # it was not closed either
    for each in {number, descriptor}:
        os.close(each)
    assert mine.read_bytes() == b""


def test_where_stderr_is_no_file_it_is_used_itself(monkeypatch):
    text = io.StringIO()
    monkeypatch.setattr(sys, "stderr", text)
    with open_own_stderr() as stream:
        assert stream is text


def test_sigint_is_pythons_own_but_for_what_must_not_be_cut():
    with PatientInterrupt() as interrupt:
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        with interrupt.hold():
            assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("is_alive", [False, True])
def test_the_thread_that_trains_is_recorded_not_the_one_that_imports(tmp_path, is_alive):
    """torch is here already: the watch begins at once, so that is done in the thread."""
    path = tmp_path / "a.py"
    path.write_text(TRAIN)
    found, done = [], threading.Event()

    def load():
        import backtrace
        from backtrace.recording.recorder import find_recorder

        context = backtrace.record()
        found.extend([context, context.__enter__()])
        find_recorder().instrument.boundary.await_training()
        ready.set()
        if is_alive:
            done.wait()

    ready = threading.Event()
    thread = threading.Thread(target=load)
    thread.start()
    ready.wait()
    space: dict[str, object] = {}
    exec(TRAIN, space)
    done.set()
    thread.join()
    found[0].__exit__(None, None, None)
    assert [update.is_complete for update in found[1].updates] == [True]


def test_the_context_of_a_script_holds_nothing_of_ours():
    before = dict(contextvars.copy_context())
    with using_language("zh"):  # as the command has it, around the script
        adopt_language("zh")
        assert dict(contextvars.copy_context()) == before
        assert contextvars.Context().run(current_language) == "zh"
