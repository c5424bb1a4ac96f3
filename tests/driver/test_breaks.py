"""`--break WHEN`: which call it stops in, in whose frame, and what is shown there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import pytest
import torch
from command_runs import run_here
from torch import nn

import backtrace
from backtrace.driver.breaks.breaker import Breaker, Stop
from backtrace.driver.breaks.debugger import open_debugger
from backtrace.driver.breaks.grammar import parse_when
from backtrace.errors import UsageError
from backtrace.recording.recorder import find_recorder

UPDATES = 6


def train(edit_at: int = 0, spoil_at: int = 0) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-9)
    x = torch.ones(4, 2)
    for n in range(1, UPDATES + 1):
        optimizer.zero_grad()
        factor = float("inf") if n == spoil_at else 10.0**n
        loss = net(x).pow(2).mean() * factor
        loss.backward()
        optimizer.step()
        if n == edit_at:
            with torch.no_grad():
                net[0].bias += 1


def stops(*texts: str, **loop: int) -> list[tuple[int, str, str]]:
    """Train, and return the update, the kind of event and the reason of each stop."""
    found: list[tuple[int, str, str]] = []

    def take(stop: Stop) -> None:
        found.append((stop.update, type(stop.event).__name__, stop.reason))
        assert stop.frame is not None and stop.frame.f_code is train.__code__

    breaker = Breaker([parse_when(text) for text in texts], take)
    with backtrace.record() as _:
        find_recorder().journal.followers.append(breaker.follow)
        train(**loop)
    return found


HOLD = {
    "update=1": [(1, "ForwardRan")],
    "update=3": [(3, "GradsZeroed")],
    "loss > 1e3": [(4, "BackwardRan")],
    "loss < 1e99": [(1, "BackwardRan")],
    "loss >= 5*mean(2)": [(3, "BackwardRan")],
    "lr == 1e-9": [(1, "StepTaken")],
    "grad_norm(0.weight) > 1e99": [],
    "grad_norm > 1": [(1, "BackwardRan")],
    "value_norm(*.bias) > 1e99": [],
    "change_norm(1.bias) >= 0": [(1, "StepTaken")],
    "not-finite": [],
    "finding=BT501": [],
    "changed_outside_step(*.bias)": [],
    "update=99": [],
}


@pytest.mark.parametrize("text", HOLD)
def test_it_stops_at_the_call_where_it_holds(text):
    found = [each[:2] for each in stops(text)]
    if text == "update=1":  # what is seen first, be it a clearing or a forward
        found = [(update, HOLD[text][0][1]) for update, _ in found]
    assert found[: len(HOLD[text])] == HOLD[text] and (HOLD[text] or not found)


def test_it_stops_once_for_as_long_as_it_holds():
    assert len(stops("loss < 1e99")) == len(stops("lr == 1e-9")) == 1
    assert len(stops("update=2", "update=4")) == 2


def test_what_is_not_finite_and_what_is_edited_and_what_is_found():
    (spoilt,) = stops("not-finite", spoil_at=3)
    assert spoilt[:2] == (3, "BackwardRan") and spoilt[2] == "the loss is not finite"
    (edited,) = stops("changed_outside_step(*.bias)", edit_at=2)
    assert edited == (3, "Edited", "0.bias was changed, and by no step that was seen")
    assert stops("changed_outside_step(*.weight)", edit_at=2) == []
    found = stops("finding=BT501", spoil_at=3)
    assert found[0][:2] == (3, "StepTaken") and found[0][2].startswith("BT501 not-finite: ")


MISTAKES = {
    "updaet=3": "did you mean update?",
    "update=x": "'x' is not a number from 1",
    "finding=BT999": "there is no such rule",
    "loss > ten": "'ten' is not a number or a multiple of mean(N)",
    "loss > 2 mean(10)": "is not a number",
    "loss > mean(0)": "from 1",
    "grad_nrom(x) > 1": "did you mean grad_norm?",
    "loss(x) > 1": "loss is of no tensor",
    "changed_outside_step": "did you mean",
    "__import__('os').system('true')": "that is no condition",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_told(text):
    with pytest.raises(UsageError) as error:
        parse_when(text)
    assert MISTAKES[text] in str(error.value)


def test_a_notebook_gets_an_exception_that_ends_in_its_own_line(capsys):
    with (
        pytest.raises(backtrace.BreakReached, match=r"update 4, .*test_breaks.py") as raised,
        backtrace.record() as trace,
        backtrace.break_when("loss > 1e3"),
    ):
        train()
    link = raised.value.__traceback__
    while link.tb_next is not None:
        link = link.tb_next
    assert link.tb_frame.f_code is train.__code__
    bt = raised.value.bt
    assert bt.readings["1.bias"].grad.norm > 0 and len(trace.updates) == 4
    bt.table()
    bt.table(2)
    bt.table(77)
    bt.why("1.bias")
    bt.why("1.bias[0]")
    bt.why("1.bais")
    bt.graph()
    text = capsys.readouterr().out
    assert "update 4 · no step was taken" in text and "update 2 · SGD" in text
    assert "There is no update 77 here. There are: 1, 2, 3, 4." in text
    assert "update 4, backward (" in text and "did you mean 1.bias?" in text
    assert text.count("update 3, step (") == 2
    assert "MulBackward0" in text and "bt.why(" in repr(bt)


@pytest.mark.parametrize("when", ["update=2", "loss > 0", "grad_norm(weight) > 0"])
def test_tensors_that_were_named_before_are_known_in_the_first_backward(capsys, when):
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with (
        pytest.raises(backtrace.BreakReached) as raised,
        backtrace.record(model, optimizer),
        backtrace.break_when(when),
    ):
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.ones(4, 2)).pow(2).mean().backward()
            optimizer.step()
    raised.value.bt.why("weight")
    raised.value.bt.why("weight[0,1]")
    text = capsys.readouterr().out
    assert "no tensor" not in text and "update 1, backward (" in text
    value = model.weight[0, 1].item()
    assert f"weight[0,1]: value {value:.4f}"[:-1] in text


def test_a_first_loss_has_no_table_yet_and_says_so(capsys):
    with (
        pytest.raises(backtrace.BreakReached) as raised,
        backtrace.record(),
        backtrace.break_when("not-finite"),
    ):
        nn.functional.mse_loss(nn.Linear(1, 1)(torch.tensor([[torch.inf]])), torch.ones(1, 1))
    raised.value.bt.table()
    assert capsys.readouterr().out == "Nothing has reached a parameter or its .grad yet.\n"


def test_another_debugger_is_called_in_the_frame_at_its_next_line(monkeypatch):
    seen: list[FrameType] = []
    monkeypatch.setattr(sys, "of_the_test", lambda: seen.append(sys._getframe(2)), raising=False)
    monkeypatch.setenv("PYTHONBREAKPOINT", "sys.of_the_test")

    def stop(stop: Stop) -> None:
        assert stop.frame is not None and stop.nearest is not None
        open_debugger(stop.frame, stop.nearest)

    before = sys.gettrace()
    with backtrace.record() as _:
        breaker = Breaker([parse_when("update=2")], stop)
        find_recorder().journal.followers.append(breaker.follow)
        train()
    assert [frame.f_code for frame in seen] == [train.__code__] and sys.gettrace() is before


SCRIPT = """\
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for n in range(4):
    opt.zero_grad()
    net(torch.ones(1, 2)).sum().backward()
    opt.step()
"""


def test_without_a_terminal_it_writes_and_goes_on(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    words = ("run", "--break", "update=3", "--break", "grad_norm(wieght) > 1", "train.py")
    done = run_here(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "stopped at update 3: update 3 begins\n  train.py:7  opt.zero_grad()" in done.stderr
    assert "update 2 · SGD" in done.stderr and "4 updates" in done.stderr
    assert "--break: no tensor is called wieght: did you mean weight?" in done.stderr
    done = run_here("run", "linear", "--break", "update=2", cwd=tmp_path)
    assert "loop.py:" in done.stderr.partition("stopped at update 2")[2]
    assert not hasattr(__builtins__, "bt")


@pytest.mark.usefixtures("warm_processes")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a terminal is needed")
def test_a_terminal_gets_pdb_in_the_frame_of_the_loop(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    said = ask(
        tmp_path,
        ("run", "--break", "update=2", "train.py"),
        ("w", "bt", "bt.why('weight')", "p n", "net(torch.ones(1, 2)).sum().backward()", "n", "q"),
    )
    assert "> " + str(tmp_path / "train.py") + "(7)<module>()\r\n-> opt.zero_grad()" in said
    assert "__main__.py" not in said  # no frames of ours
    assert "update 2 begins" in said and "backward (train.py:8)" in said
    assert "(Pdb) p n\r\n1\r\n" in said
    assert "train.py(8)<module>()" in said
    assert "1 updates" in said or "1 update" in said


def ask(folder: Path, words: tuple[str, ...], lines: tuple[str, ...]) -> str:
    """Run us on a terminal of its own, answer each prompt with a line, and return what it shows."""
    import select

    terminal, theirs = os.openpty()
    told = {"TERM": "dumb", "PYTHONBREAKPOINT": "", "NO_COLOR": "1", "COLUMNS": "120"}
    process = subprocess.Popen(
        [sys.executable, "-m", "backtrace", *words],
        cwd=folder, env=os.environ | told, stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said, waiting, end = b"", list(lines), time.monotonic() + 120
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            try:
                said += os.read(terminal, 65536)
            except OSError:  # it has ended
                break
        elif said.endswith(b"(Pdb) ") and waiting:
            os.write(terminal, waiting.pop(0).encode() + b"\n")
            time.sleep(0.05)
    process.wait()
    os.close(terminal)
    return said.decode()
