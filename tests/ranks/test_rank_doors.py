"""The ways to record a run on several ranks, as a user types them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from launching import backtrace_command, torchrun

from backtrace.__main__ import run_command_line
from backtrace.driver.launcher_call import own_options
from backtrace.recording.launcher_call import read_launcher_call
from backtrace.tracefile import open_trace

SCRIPT = dedent(
    """
    import os, signal, sys
    import torch
    import torch.distributed as dist
    from torch import nn
    from torch.nn.parallel import DistributedDataParallel

    dist.init_process_group("gloo")
    torch.manual_seed(0)
    net = nn.Linear(4, 1)
    model = DistributedDataParallel(net)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    data = torch.Generator().manual_seed(dist.get_rank())
    for number in range(4):
        x = torch.randn(8, 4, generator=data)
        optimizer.zero_grad()
        nn.functional.mse_loss((net if "raw" in sys.argv else model)(x), x[:, :1]).backward()
        if number == 2 and dist.get_rank() == 1 and "kill" in sys.argv:
            os.kill(os.getpid(), signal.SIGKILL)
        optimizer.step()
    os.write(1, b"rank %d of the script\\n" % dist.get_rank())  # in one piece
    dist.destroy_process_group()
    """
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(SCRIPT)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.suffix != ".py")


@pytest.mark.whole
def test_torchrun_gives_one_table_one_trace_and_the_parting(folder):
    command = ["-m", "backtrace", "run", "-o", "run.trace", "train.py", "raw"]
    done = torchrun(*command, folder=folder, is_warm=False)  # once as from a shell in all
    assert done.returncode == 0, done.stderr[-3000:]
    assert sorted(done.stdout.splitlines()) == ["rank 0 of the script", "rank 1 of the script"]
    assert done.stderr.count("4 updates, loss") == 1
    assert "error BT702 not-reduced" in done.stderr
    assert "explains BT701 replicas-parted" in done.stderr
    assert "No findings" not in done.stderr
    assert names(folder) == ["run.trace"]
    with open_trace(folder / "run.trace") as trace:
        assert [(span.rank, span.end) for span in trace.ranks] == [(0, "finished"), (1, "finished")]
    shown = backtrace_command("show", "run.trace", "--rank", "1", folder=folder)
    assert "BT702" in shown.stdout and shown.returncode == 0
    compared = backtrace_command("diff", "run.trace", "--ranks", "0,1", folder=folder)
    assert compared.returncode == 1 and "update 1" in compared.stdout


def test_a_killed_rank_ends_as_it_would_and_leaves_its_books(folder):
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = ["run", "-o", "run.trace", *launcher, "train.py", "kill"]
    done = backtrace_command(*command, folder=folder)
    assert done.returncode == 1, "as torchrun's own"
    assert "Signal 9 (SIGKILL)" in done.stderr
    assert "rank 1 was killed after 2 updates (train.py:20)" in done.stderr
    assert names(folder) == ["run.trace"]
    with open_trace(folder / "run.trace", 1) as trace:
        assert len([update for update in trace.updates if update.is_complete]) == 2
        assert trace.seconds is None


def test_torchruns_own_options_are_told_from_what_it_runs():
    own = ("--standalone", "--nproc-per-node=2", "--max-restarts", "1")
    call = read_launcher_call([*own, "train.py", "-m", "--nproc-per-node=3"])
    assert (call.options, call.words) == (own, ("train.py", "-m", "--nproc-per-node=3"))
    call = read_launcher_call([*own, "-m", "package.train", "--lr", "1"])
    assert (call.options, call.words) == (own, ("-m", "package.train", "--lr", "1"))


def test_our_options_are_told_from_the_launchers():
    given = ("--nproc-per-node=2", "-m", "train", "-o", "theirs")
    line = ["run", "-m", "-o", "run.trace", "--notes", "torch.distributed.run", *given]
    assert own_options(line, given) == ["-o", "run.trace", "--notes"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-m", "accelerate.commands.launch", "x.py"], "accelerate launch … -m backtrace run"),
        (["--nproc", "2", "-m", "torch.distributed.run", "x.py"], "by its own options"),
        (["-m", "torch.distributed.run", "--no-python", "x"], "the command that torchrun starts"),
    ],
)
def test_the_order_to_use_is_said(words, said, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["backtrace", "run", *words])
    assert run_command_line() == 2 and said in capsys.readouterr().err
