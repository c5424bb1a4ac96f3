"""A recorded run goes another way: the same bits up to there, or it says where it parted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from command_runs import run_here
from torch import nn

import backtrace
from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.experiment_facts import ExperimentEnded
from backtrace.steer.late_start import LateStart
from backtrace.steer.steering import steer_late

pytestmark = pytest.mark.usefixtures("warm_processes")

TRAIN = """\
import torch
from torch import nn
torch.manual_seed({seed})
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(4, 3)
for n in range(6):
    opt.zero_grad()
    loss = (net(x) - x.sum(1, keepdim=True)).pow(2).mean()
    loss.backward()
    opt.step()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(TRAIN.format(seed=0), encoding="utf-8")
    return tmp_path


def test_a_script_goes_another_way_and_another_script_is_told_apart(folder):
    run_here("run", "-o", "run.trace", "train.py", cwd=folder)
    words = ("what-if", "run.trace", "--at", "3", "--for", "2", "--lr", "0.1x")
    done = run_here(*words, "-o", "other.trace", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["is_same"] and document["held"]["updates"] == 3
    both = document["comparison"]
    assert both["lengths"] == [5, 5] and both["parts"]["update"] == 4
    assert both["parts"]["call"] == "step"
    assert document["remarks"] == ["Experiment lr=0.1x: lr was another in 2 steps."]

    (folder / "train.py").write_text(TRAIN.format(seed=1), encoding="utf-8")
    done = run_here(*words, cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "It is not the recorded run again." in done.stdout
    assert "the run was ended after update 1." in done.stdout
    done = run_here("what-if", "other.trace", "--at", "3", "--lr", "2x", cwd=folder)
    assert done.returncode == 2 and "cannot be run again from here" in done.stderr


def test_a_config_goes_another_way(folder):
    words = ("--set", "loop.updates=5", "--lr", "2x", "-o", "run.trace")
    run_here("run", "linear", *words, cwd=folder)
    words = ("what-if", "run.trace", "--at", "2", "--no-zero-grad")
    done = run_here(*words, cwd=folder, COLUMNS="120")
    assert done.returncode == 0, done.stderr
    assert "Updates 1 to 2: the same bits as in run.trace." in done.stdout
    assert "lr was another in 5 steps" in done.stdout
    assert "parts from run.trace at update 3, zero_grad: .grad of fc.weight" in done.stdout


MISTAKES = {
    "what-if run.trace --at 9 --lr 2x": "has updates up to 4; the nearest is 4",
    "what-if run.trace --at 2": "say what is to be another",
    "what-if run.trace --at 2 --lr fast": "'fast' is not a number",
    "what-if own.trace --at 1 --lr 2x": "made by a program with `backtrace.record`",
    "what-if last.trace --at 2 --lr 2x": "--last 1",
}


def test_a_mistake_is_told_before_anything_runs(folder):
    run_here("run", "linear", "-o", "run.trace", cwd=folder)
    run_here("run", "linear", "-o", "last.trace", "--last", "1", cwd=folder)
    with backtrace.record(file=folder / "own.trace"):
        optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=1)
        optimizer.step()
    for words, said in MISTAKES.items():
        done = run_here(*words.split(), cwd=folder)
        assert done.returncode == 2 and said in done.stderr, (words, done.stderr)


def train(experiments: tuple[str, ...], after: int) -> tuple[list[float], list[Event]]:
    """Train with what begins after an update; return what each step left, and the events."""
    torch.manual_seed(0)
    events: list[Event] = []
    start, left = LateStart(after), []

    def take(event: Event) -> None:
        events.append(event)
        start.take(event)

    with backtrace.record(sink=take), steer_late(start, experiments):
        net = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        decay = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        x = torch.randn(4, 3)
        for _ in range(5):
            nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
            optimizer.step()
            decay.step()
            left.append(net.weight.sum().item())
    return left, events


def test_nothing_is_changed_up_to_there_and_then_it_is():
    plain, _ = train(("lr=0.1x",), 99)
    for text in ("lr=0.1x", "zero_grad", "optimizer=Adam", "no_zero_grad", "schedule=off"):
        left, events = train((text,), 2)
        ended = next(event for event in events if isinstance(event, ExperimentEnded))
        assert left[:2] == plain[:2]
        assert (left[2:] != plain[2:]) is (text != "no_zero_grad"), text
        assert bool(ended.times) is (text != "no_zero_grad")
    kinds = [e.type for e in train(("optimizer=Adam",), 2)[1] if isinstance(e, StepTaken)]
    assert kinds == ["SGD", "SGD", "Adam", "Adam", "Adam"]


def test_an_update_that_never_comes_is_said():
    _, events = train(("lr=0.1x",), 99)
    ended = next(event for event in events if isinstance(event, ExperimentEnded))
    assert ended.times == 0 and "update 99 never came to its end" in ended.said
