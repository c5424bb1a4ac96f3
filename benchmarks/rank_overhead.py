"""What recording costs each rank: bare DDP and FSDP2 against recorded ones.

    python benchmarks/rank_overhead.py [--nproc N] [--rounds N] [--updates N] [one DDP FSDP2]

Ranks on gloo, one thread each, train bare, recorded in memory and recorded into a file, in turn,
round by round in one launch; wrapper and optimizer are made anew each time, inside of the block.
The figure to quote is the median of the rounds' ratios, of rank 0. The same is measured of one
process without a wrapper, on one thread.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from workloads import WORKLOADS, Wrap, as_it_is, tiny_mlp

import backtrace


def fully_sharded(net: nn.Module) -> nn.Module:
    """Return a model under FSDP2, in parts as its users cut it: layer by layer."""
    from torch.distributed.fsdp import fully_shard

    whole = [each for each in net.modules() if isinstance(each, nn.TransformerEncoderLayer)]
    parts = whole or [each for each in net.modules() if isinstance(each, nn.Linear | nn.Conv2d)]
    mesh = dist.init_device_mesh("cpu", (dist.get_world_size(),))
    for part in (*parts, net):
        fully_shard(part, mesh=mesh)
    return net


WRAPPERS: dict[str, Wrap] = {"DDP": DistributedDataParallel, "FSDP2": fully_sharded}
KINDS = ("bare", "in memory", "into a file")


def block(kind: str, folder: Path) -> Any:
    """Return what the training runs in."""
    if kind == "bare":
        return nullcontext()
    return backtrace.record(file=folder / "run.trace" if kind == "into a file" else None)


def time_updates(make: Any, wrap: Wrap, kind: str, updates: int) -> float:
    """Return the seconds per update of one training."""
    with tempfile.TemporaryDirectory() as folder, block(kind, Path(folder)):
        workload = make(wrap)
        for _ in range(2):  # the first ones set things up
            workload.update()
        if dist.is_initialized():
            dist.barrier()
        start = time.perf_counter()
        for _ in range(updates):
            workload.update()
        return (time.perf_counter() - start) / updates


def measure(name: str, wrap: Wrap, rounds: int, updates: int) -> None:
    """Print a line for each workload."""
    for make in WORKLOADS:
        count = updates * 10 if make is tiny_mlp else updates
        times: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for _ in range(rounds):
            for kind in KINDS:
                times[kind].append(time_updates(make, wrap, kind, count))
        if dist.is_initialized() and dist.get_rank():
            continue
        cells = [f"{statistics.median(times['bare']) * 1e3:8.1f} ms"]
        for kind in KINDS[1:]:
            ratios = sorted(t / b for t, b in zip(times[kind], times["bare"], strict=True))
            spread = f"{ratios[len(ratios) // 4]:.2f}–{ratios[-1 - len(ratios) // 4]:.2f}"
            cells.append(f"{kind} {statistics.median(ratios):5.2f}× ({spread})")
        print(f"{name:12}{make.__name__:14}", *cells, flush=True)


def main() -> int:
    """Launch the ranks, or be one; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--nproc", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--updates", type=int, default=10, help="per round")
    parser.add_argument("engines", nargs="*", default=["one", *WRAPPERS])
    asked = parser.parse_args()
    torch.set_num_threads(1)
    if "RANK" in os.environ:
        warnings.filterwarnings("ignore", "FSDP2-wrapped module")  # nothing is done in place
        dist.init_process_group("gloo")
        for name, wrap in WRAPPERS.items():
            if name in asked.engines:
                measure(name, wrap, asked.rounds, asked.updates)
        dist.destroy_process_group()
        return 0
    if "one" in asked.engines:
        measure("one process", as_it_is, asked.rounds, asked.updates)
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone",
        f"--nproc-per-node={asked.nproc}", __file__, *sys.argv[1:],
    ]  # fmt: skip
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
