"""`backtrace diff` on trace files of real runs: exit codes, what is printed, and no torch."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from command_runs import run_here as backtrace


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traces")
    runs = {"a": [], "b": [], "faster": ["--set", "optimizer.lr=0.011"], "short": ["--limit", "2"]}
    for name, more in runs.items():
        done = backtrace("run", "linear", "-o", f"{name}.trace", *more, cwd=folder)
        assert done.returncode == 0, done.stderr
    assert backtrace("run", "small_net", "-o", "net.trace", cwd=folder).returncode == 0
    return folder


def test_equal_runs_give_0(folder):
    done = backtrace("diff", "a.trace", "b.trace", cwd=folder)
    assert done.returncode == 0
    told = "b.trace and a.trace are bitwise identical in every gradient and value over 4 updates."
    assert told in " ".join(done.stdout.split())


def test_different_runs_give_1_and_say_where(folder):
    done = backtrace("diff", "a.trace", "faster.trace", cwd=folder)
    assert done.returncode == 1
    assert "parts from a.trace at update 1, step: value of fc.weight" in done.stdout
    # the weight after the first step: -0.2505 + lr * 10.0049
    assert "-0.15045" in done.stdout and "-0.14044" in done.stdout
    assert "settings.optimizer.lr" in done.stdout


def test_the_document_says_the_same(folder):
    done = backtrace("diff", "a.trace", "faster.trace", "--format", "json", cwd=folder)
    document = json.loads(done.stdout)
    assert done.returncode == 1 and not document["is_equal"]
    assert document["parts"]["update"] == 1 and document["parts"]["call"] == "step"
    assert len(document["growth"]) == 4 and document["growth"] == sorted(document["growth"])


def test_a_run_that_ended_early_gives_1(folder):
    done = backtrace("diff", "a.trace", "short.trace", cwd=folder)
    assert done.returncode == 1
    assert "but a.trace has 4 updates and short.trace 2." in " ".join(done.stdout.split())


RESUMING = """\
import sys
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(8, 3), torch.randn(8, 1)
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
first = 0
if sys.argv[1] != "whole":
    state = torch.load("middle.pt")
    model.load_state_dict(state["model"])
    if sys.argv[1] == "resumed":
        optimizer.load_state_dict(state["optimizer"])
    first = 2
for update in range(first, 4):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    if update == 1:
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save(state, "middle.pt")
"""


def test_a_resumed_run_is_held_against_the_rest_of_the_whole_one(folder):
    (folder / "train.py").write_text(RESUMING)
    for name in ("whole", "resumed", "forgetful"):
        done = backtrace("run", "-o", f"{name}.trace", "train.py", name, cwd=folder)
        assert done.returncode == 0, done.stderr
    done = backtrace("diff", "whole.trace", "resumed.trace", "--skip", "2", cwd=folder)
    assert done.returncode == 0, done.stdout
    # without the optimizer's state, the first step lacks the momentum, and nothing before it
    done = backtrace("diff", "whole.trace", "forgetful.trace", "--skip", "2", cwd=folder)
    assert done.returncode == 1
    assert "parts from whole.trace at update 3, step: value of weight" in done.stdout
    done = backtrace("diff", "whole.trace", "resumed.trace", "--skip", "90", cwd=folder)
    assert done.returncode == 2
    assert "--skip 90: whole.trace has 4 updates: nothing of it is left" in done.stderr


def test_what_cannot_be_compared_gives_2(folder):
    (folder / "text.trace").write_text("no trace")
    backtrace("run", "linear", "-o", "norms.trace", "--readings", "norm", cwd=folder)
    for other, word in (
        ("norms.trace", "record both with the same --readings"),
        ("nope.trace", "nope.trace"),
        ("text.trace", "text.trace"),
        ("net.trace", "no parameter name in common"),
    ):
        done = backtrace("diff", "a.trace", other, cwd=folder)
        assert done.returncode == 2, done.stdout
        assert word in done.stderr and "Traceback" not in done.stderr


def test_torch_is_not_imported(folder):
    code = (
        "import sys; from backtrace.__main__ import run_command_line\n"
        "sys.argv = ['backtrace', 'diff', 'a.trace', 'b.trace']\n"
        "assert run_command_line() == 0 and 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
