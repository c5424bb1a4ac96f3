"""Processes that a script starts itself are ranks, and torch's engines train as they did."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from launching import SOURCE, backtrace_command, launch

from backtrace.tracefile import open_trace

SCRIPT = dedent(
    """
    import os, signal, sys
    import torch
    import torch.distributed as dist
    import torch.multiprocessing as mp
    from torch import nn
    from torch.nn.parallel import DistributedDataParallel

    def work(rank, size, what, meeting):
        dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=size)
        torch.manual_seed(0)
        net = nn.Linear(4, 1)
        model = DistributedDataParallel(net)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        data = torch.Generator().manual_seed(rank)
        for number in range(3):
            x = torch.randn(8, 4, generator=data)
            optimizer.zero_grad()
            model(x).square().mean().backward()
            if number == 2 and rank == 1 and what == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            optimizer.step()
        os.write(1, f"{rank} {net.weight.detach().view(torch.int32).tolist()}\\n".encode())

    if __name__ == "__main__":
        how, what, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
        meeting = "file://" + os.path.abspath("meeting-" + os.urandom(4).hex())
        mp.start_processes(work, (size, what, meeting), nprocs=size, start_method=how)
        print("over")
    """
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(SCRIPT)
    return tmp_path


def traces(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if ".trace" in each.name)


@pytest.mark.whole
def test_spawned_processes_are_ranks_with_the_same_bits(folder):
    bare = launch(sys.executable, "train.py", "fork", "train", "3", folder=folder)
    command = ["run", "-o", "run.trace", "train.py", "spawn", "train", "3"]
    done = backtrace_command(*command, folder=folder)
    assert (done.returncode, bare.returncode) == (0, 0), done.stderr[-3000:]
    assert sorted(done.stdout.splitlines()) == sorted(bare.stdout.splitlines())
    assert done.stderr.count("3 updates, loss") == 1
    assert "all-reduce → step" in done.stderr
    assert traces(folder) == ["run.trace"]
    with open_trace(folder / "run.trace") as trace:
        assert [(span.rank, span.end) for span in trace.ranks] == [
            (n, "finished") for n in range(3)
        ]


def test_a_forked_rank_that_is_killed_ends_the_script_as_it_would(folder):
    command = ["run", "-o", "run.trace", "train.py", "fork", "kill", "2"]
    done = backtrace_command(*command, folder=folder)
    assert done.returncode == 1
    assert "ProcessExitedException: process 1 terminated with signal SIGKILL" in done.stderr
    assert "rank 1 was killed after 2 updates (train.py:" in done.stderr
    assert traces(folder) == ["run.trace"]


def test_processes_without_a_group_are_said_not_to_be_recorded(folder):
    (folder / "alone.py").write_text(
        "import torch, torch.multiprocessing as mp\n"
        "process = mp.Process(target=print, args=('child',))\n"
        "process.start(), process.join()\n"
    )
    done = backtrace_command("run", "alone.py", folder=folder)
    assert (done.returncode, done.stdout) == (0, "child\n")
    assert "1 process that the script started made no process group" in done.stderr


@pytest.mark.whole
def test_engines_train_alike_with_balanced_books(tmp_path):
    """A sample of `benchmarks/rank_engines.py`, which runs all of them."""
    sample = random.Random(0).sample(["ddp_fp16_hook", "fsdp2_accumulation", "tensor_parallel"], 1)
    program = str(SOURCE / "benchmarks" / "rank_engines.py")
    done = launch(sys.executable, program, "zero_redundancy", *sample, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
