"""Python's collector is the script's own: its thresholds, and what it has frozen."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from backtrace.start_up import StartUp, collector_held

SCRIPT = """
import gc

found = set()
note = lambda *_: found.add((gc.get_threshold(), gc.get_freeze_count()))
gc.callbacks.append(note)
{first}
note()
import torch

model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    optimizer.zero_grad()
    model(torch.ones(4, 2)).sum().backward()
    optimizer.step()
    gc.collect()
    note()
print(found)
with open(__file__ + ".txt", "a") as file:
    print(found, file=file)
"""
COMMANDS = (
    ["run", "train.py"],
    pytest.param(["check", "train.py", "other.py"], marks=pytest.mark.whole),
    pytest.param(["compare", "train.py", "--lr", "2x"], marks=pytest.mark.whole),
)


@pytest.mark.whole
@pytest.mark.parametrize("first", ["", "gc.set_threshold(500, 9, 8)"])
def test_a_script_finds_it_as_bare_at_every_collection(tmp_path, first):
    (tmp_path / "train.py").write_text(SCRIPT.format(first=first))
    bare, traced = (_run(tmp_path, *some) for some in ((), ("-m", "backtrace", "run")))
    assert bare.startswith("{((") and bare.splitlines()[0] in traced.splitlines()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_whatever_runs_it(tmp_path, command):
    for name in ("train.py", "other.py"):
        (tmp_path / name).write_text(SCRIPT.format(first=""))
    _run(tmp_path)
    subprocess.run(
        [sys.executable, "-m", "backtrace", *command],
        cwd=tmp_path, capture_output=True, timeout=240, check=False,
    )  # fmt: skip
    bare, *seen = (tmp_path / "train.py.txt").read_text().splitlines()
    assert seen and set(seen) == {bare}


def _run(folder, *words):
    command = [sys.executable, *words, "train.py"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def thresholds():
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield (700, 10, 10)
    gc.set_threshold(*before)


def test_what_is_set_meanwhile_stays(thresholds):
    with collector_held():
        assert gc.get_threshold() != thresholds
        gc.set_threshold(5, 6, 7)
    assert gc.get_threshold() == (5, 6, 7)


def test_the_end_of_the_start_up_gives_it_back_and_freezes_nothing(thresholds):
    frozen, start = gc.get_freeze_count(), StartUp()
    start.begin()
    assert gc.get_threshold() != thresholds
    start.end()
    assert gc.get_threshold() == thresholds and gc.get_freeze_count() <= frozen
