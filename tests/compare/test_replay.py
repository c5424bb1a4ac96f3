"""An update that went wrong is run again from its capsule, and comes to the same bits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from command_runs import run_here
from replayed_scripts import SCRIPTS
from torch import nn

import backtrace
from backtrace.errors import TraceFileError
from backtrace.tracefile.capsule_file import MAGIC, CapsuleFile


def record(folder: Path, name: str, *words: str) -> CapsuleFile:
    """Run a script with a flight recorder, and return the capsule that it wrote."""
    path = folder / f"{name}.py"
    path.write_text(SCRIPTS[name], encoding="utf-8")
    done = run_here("run", "--capsule", "--ignore", "BT", *words, path.name, cwd=folder)
    assert f"{name}.capsule, " in done.stderr, done.stderr
    return CapsuleFile(folder / f"{name}.capsule")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("loader", "the loss is nan"),
        ("jump", "over three times what it was"),
        ("scaled", "the loss is nan"),
        ("keywords", "IndexError: Target 6 is out of bounds."),
        ("two", "the loss is nan"),
        ("closure", "the loss is nan"),
    ],
)
def test_an_update_that_went_wrong_comes_to_the_same_bits(tmp_path, name, reason):
    with record(tmp_path, name) as file:
        assert file.facts.reason.endswith(reason)
        kept = file.facts.updates[-1]
    assert kept.number > 1 and not kept.absent
    done = run_here("replay", f"{name}.capsule", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    same = "it raised the same" if "Error" in reason else "the same bits in all "
    assert f"{reason}), run again: {same}" in done.stderr


def test_a_loop_that_cuts_its_own_batches_parts_and_from_its_start_does_not(tmp_path):
    record(tmp_path, "by_index").close()
    done = run_here("replay", "by_index.capsule", cwd=tmp_path)
    assert done.returncode == 1
    assert "it is not the update that was recorded.\n  The loss is " in done.stderr
    assert "`--from-start` runs it up to there" in done.stderr
    done = run_here("replay", "--from-start", "by_index.capsule", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the same bits in all 4 values" in done.stderr.replace("\n", " ")


OTHER_NOW = {
    ("- targets) ** 2", "- targets) ** 4"): "Other bits when it was over: 0.weight, ",
    ("nn.Dropout(0.2)", "nn.Sigmoid()"): "The loss is ",
    ("nn.BatchNorm1d(8)", "nn.Identity()"): "module 1 has no 1.weight",
    ("optim.Adam", "optim.SGD"): "optimizer[0] is SGD, and was Adam",
    ("loader:", "[]:"): "was not reached",
}


def test_what_is_another_now_is_said(tmp_path):
    record(tmp_path, "jump").close()
    path = tmp_path / "jump.py"
    for (text, other), said in OTHER_NOW.items():
        path.write_text(SCRIPTS["jump"].replace(text, other), encoding="utf-8")
        done = run_here("replay", "jump.capsule", cwd=tmp_path)
        assert done.returncode == 1 and said in done.stderr, done.stderr


@pytest.mark.usefixtures("warm_processes")
def test_a_config_is_run_again_and_goes_another_way(tmp_path):
    words = ("--capsule=2", "--set", "optimizer.lr=40", "--set", "loop.updates=30")
    done = run_here("run", "linear", *words, cwd=tmp_path)
    assert "over three times what it was: linear.capsule" in done.stderr, done.stderr
    done = run_here("replay", "linear.capsule", cwd=tmp_path)
    assert done.returncode == 0 and "the same bits in all 4 values" in done.stderr, done.stderr

    words = ("what-if", "--from-capsule", "linear.capsule", "--for", "4", "--lr", "0.0001x")
    done = run_here(*words, "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    both = document["comparison"]
    assert document["is_same"] and both["lengths"] == [4, 4]
    assert (both["parts"]["update"], both["parts"]["call"]) == (document["at"], "step")


def train(capsule: Path | None, *, is_bad: bool = False) -> list[torch.Tensor]:
    """Train with dropout; return values, and the state of torch's generator."""
    torch.manual_seed(0)
    with backtrace.record(capsule=capsule):
        net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.BatchNorm1d(8), nn.Linear(8, 1))
        adam = torch.optim.Adam(net.parameters(), lr=0.01)
        for n in range(8):
            adam.zero_grad()
            inputs = torch.randn(4, 4)
            loss = nn.functional.mse_loss(net(inputs), inputs.sum(1, keepdim=True))
            (loss * float("inf") if is_bad and n == 6 else loss).backward()
            adam.step()
    return [*(each.detach().clone() for each in net.state_dict().values()), torch.get_rng_state()]


@pytest.mark.parametrize("is_bad", [False, True])
def test_training_is_the_same_with_a_flight_recorder(tmp_path, capsys, is_bad):
    path = tmp_path / "own.capsule"
    plain, recorded = train(None, is_bad=is_bad), train(path, is_bad=is_bad)
    assert all(map(lambda a, b: a.equal(b) or a.isnan().all(), plain, recorded))
    assert path.exists() == is_bad
    said = capsys.readouterr().err
    assert ("nothing was out of the ordinary" in said) != is_bad
    if is_bad:
        assert f"update 7: the loss is inf: {path}" in said
        done = run_here("replay", str(path), cwd=tmp_path)
        assert done.returncode == 2 and "cannot be run again from here" in done.stderr


def test_where_no_capsule_can_be_made_the_training_goes_on(tmp_path, capsys, monkeypatch):
    def is_full(path: Path, *args: object) -> int:
        raise TraceFileError(f"{path}: cannot be written: No space left on device")

    monkeypatch.setattr("backtrace.recording.capsule.flight.write_capsule", is_full)
    train(tmp_path / "own.capsule", is_bad=True)
    assert "none was written: " in capsys.readouterr().err
    monkeypatch.undo()
    with backtrace.record(capsule=tmp_path / "own.capsule"):
        weight = torch.ones(1, requires_grad=True)
        (weight * 2).backward()
        torch.optim.SGD([weight], lr=1).step()
    assert "no update called a module" in capsys.readouterr().err
    (tmp_path / "own.capsule").write_bytes(b"something else")
    with (
        pytest.raises(TraceFileError, match="is there already"),
        backtrace.record(capsule=tmp_path / "own.capsule"),
    ):
        pass


def test_a_damaged_file_is_told_apart(tmp_path):
    path = tmp_path / "own.capsule"
    train(path, is_bad=True)
    whole = path.read_bytes()
    with CapsuleFile(path) as file:
        for number in range(file.count):
            file.read(number)
    torch.manual_seed(0)
    places = torch.randint(0, len(whole), (60,)).tolist()
    damaged = [bytes([*whole[:at], whole[at] ^ 1, *whole[at + 1 :]]) for at in places]
    damaged += [b"", whole[:4], whole[:20], whole[:-1], MAGIC + b"\xff" * 8, MAGIC + whole[8:16]]
    for text in damaged:
        path.write_bytes(text)
        try:
            with CapsuleFile(path) as file:
                for number in range(file.count):
                    file.read(number)
        except TraceFileError:
            continue
        # A bit of a number in the JSON may be another number; no tensor is another one.
        assert text[16:] != whole[16:] and text[-2000:] == whole[-2000:]
