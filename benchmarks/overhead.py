"""What recording costs: the bare loop against the recorded loop, and against peers.

    python benchmarks/overhead.py [--rounds N] [--updates N] [--warm N] [--no-peers]

Everything is measured in turn, round by round in one process, so that a machine whose speed
drifts slows all of them alike; the figure to quote is the median of the rounds' ratios.
Recording reads every parameter and gradient in full at every update, and keeps all of it in
memory. The floor is what moving that memory costs where nothing is in a cache: each gradient is
read, each value and its copy, and the copy is written, at the speed at which torch copies as many
bytes here. The peers do what they can that comes nearest: `wandb.watch(log="all", log_freq=1)`
offline, and a TensorBoard histogram of every parameter and gradient at every update.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table
from workloads import WORKLOADS, Workload

import backtrace

Contender = Callable[[Workload], Any]
_STREAMS = 4  # the gradient, the value and its copy are read, the copy is written


def recorded(workload: Workload) -> Any:
    """Every parameter, every update, full readings, in memory."""
    return backtrace.record(workload.model, workload.optimizer)


def sampled(workload: Workload) -> Any:
    """Every tenth update in full, nothing in between."""
    return backtrace.record(workload.model, workload.optimizer, every=10)


def checked_by_torch(workload: Workload) -> Any:
    """`torch.autograd.detect_anomaly`, torch's own way to find where a NaN comes from."""
    del workload
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that it is slow
        return torch.autograd.detect_anomaly()


@contextmanager
def watched_by_wandb(workload: Workload) -> Iterator[Callable[[float], None]]:
    """`wandb.watch(log="all", log_freq=1)`, offline."""
    import wandb

    run = wandb.init(
        mode="offline", dir=tempfile.mkdtemp(), settings=wandb.Settings(silent=True, console="off")
    )
    run.watch(workload.model, log="all", log_freq=1)
    try:
        yield lambda loss: run.log({"loss": loss})
    finally:
        run.unwatch(workload.model)
        run.finish()


@contextmanager
def drawn_by_tensorboard(workload: Workload) -> Iterator[Callable[[float], None]]:
    """A histogram of every parameter and gradient."""
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(tempfile.mkdtemp())
    step = 0

    def log(loss: float) -> None:
        nonlocal step
        step += 1
        writer.add_scalar("loss", loss, step)
        for name, p in workload.model.named_parameters():
            writer.add_histogram(name, p, step)
            writer.add_histogram(f"{name}.grad", p.grad, step)

    with writer:
        yield log


def time_updates(workload: Workload, contender: Contender, updates: int, warm: int = 1) -> float:
    """Return the seconds per update inside the contender's block, after `warm` ones."""
    with contender(workload) as log:
        after = log if callable(log) else None
        for _ in range(warm):  # the first one sets things up
            loss = workload.update()
            if after:
                after(loss)
        if torch.cuda.is_initialized():
            torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(updates):
            loss = workload.update()
            if after:
                after(loss)
        if torch.cuda.is_initialized():
            torch.cuda.synchronize()
        return (time.perf_counter() - start) / updates


def measure(
    make: Callable[[], Workload],
    contenders: dict[str, Contender],
    rounds: int,
    updates: int,
    warm: int = 1,
) -> tuple[str, dict[str, list[float]]]:
    """Return seconds per update for each contender and round, taken in turn."""
    workload = make()
    size = sum(p.numel() for p in workload.model.parameters())
    label = f"{workload.name}, {size / 1e6:.2f} M"
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in track(range(rounds), label, console=Console(stderr=True), transient=True):
        for name, contender in contenders.items():
            times[name].append(time_updates(workload, contender, updates, warm))
    return label, times


def find_floor(workload: Workload, bare: float) -> float:
    """Return the lowest ratio to a bare update of so many seconds, by the memory that is moved."""
    values = [p for p in workload.model.parameters() if p.requires_grad]
    source = torch.cat([p.detach().flatten() for p in values])
    copy = torch.empty_like(source)
    seconds = []
    for _ in range(9):
        start = time.perf_counter()
        copy.copy_(source)
        seconds.append(time.perf_counter() - start)
    return 1 + _STREAMS / 2 * statistics.median(seconds) / bare  # a copy reads and writes


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--updates", type=int, default=10, help="per round")
    parser.add_argument("--warm", type=int, default=1, help="before those: the first cost more")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    contenders: dict[str, Contender] = {
        "bare": nullcontext, "backtrace": recorded, "--every 10": sampled
    }  # fmt: skip
    if not options.no_peers:
        contenders["detect_anomaly"] = checked_by_torch
        contenders["wandb.watch(all)"] = watched_by_wandb
        contenders["TensorBoard"] = drawn_by_tensorboard
    table = Table("workload", "bare, ms", "floor", *list(contenders)[1:])
    for make in WORKLOADS:
        label, times = measure(make, contenders, options.rounds, options.updates, options.warm)
        bare = times["bare"]
        floor = find_floor(make(), statistics.median(bare))
        cells = []
        for name in list(contenders)[1:]:
            ratios = sorted(t / b for t, b in zip(times[name], bare, strict=True))
            spread = f"{ratios[len(ratios) // 4]:.2f}–{ratios[-1 - len(ratios) // 4]:.2f}"
            cells.append(f"{statistics.median(ratios):.2f}× ({spread})")
        table.add_row(label, f"{statistics.median(bare) * 1e3:.1f}", f"{floor:.2f}×", *cells)
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(table)
    console.print(
        f"{torch.get_num_threads()} threads, torch {torch.__version__}; median ratio to the bare "
        f"loop over {options.rounds} rounds of {options.updates} updates after {options.warm} "
        "(middle half)"
    )


if __name__ == "__main__":
    main()
