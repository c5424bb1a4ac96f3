"""What recording costs a model of a billion parameters: peak memory and time of an update.

    python benchmarks/billion.py [--layers N] [--width N] [--updates N] [--dtype bfloat16]

Bare and recorded run in a process each, one after the other, so that the peak is the process's
own. The first update of each is left out of its time: the memory is fresh there.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from contextlib import nullcontext

from rich.console import Console
from rich.table import Table


def train(
    layers: int, width: int, updates: int, dtype: str, *, is_recorded: bool
) -> dict[str, float]:
    """Train, and return the seconds of an update (median), the peak in GiB, and the size."""
    import torch
    from torch import nn

    import backtrace

    torch.manual_seed(0)
    torch.set_default_dtype(getattr(torch, dtype))
    model = nn.Sequential(*(nn.Linear(width, width, bias=False) for _ in range(layers)))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    batch = torch.randn(4, width)
    times = []
    with backtrace.record(model, optimizer) if is_recorded else nullcontext():
        for _ in range(updates + 1):
            start = time.perf_counter()
            optimizer.zero_grad()
            model(batch).square().mean().backward()
            optimizer.step()
            times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    count = sum(parameter.numel() for parameter in model.parameters())
    size = sum(parameter.nbytes for parameter in model.parameters()) / 2**30
    return {"seconds": statistics.median(times[1:]), "peak": peak, "count": count, "size": size}


def main() -> None:
    """Measure both and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--layers", type=int, default=15)
    parser.add_argument("--width", type=int, default=8192)
    parser.add_argument("--updates", type=int, default=3)
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--one", choices=["bare", "recorded"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = (options.layers, options.width, options.updates, options.dtype)
    if options.one:
        print(json.dumps(train(*sizes, is_recorded=options.one == "recorded")))
        return
    found = {}
    for one in ("bare", "recorded"):
        words = [sys.executable, __file__, *sys.argv[1:], "--one", one]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        found[one] = json.loads(done.stdout)
    bare, recorded = found["bare"], found["recorded"]
    title = f"{bare['count'] / 1e9:.2f} B parameters, {options.dtype}, {bare['size']:.1f} GiB"
    table = Table("", "an update, s", "peak, GiB", title=title)
    for one, each in found.items():
        table.add_row(one, f"{each['seconds']:.2f}", f"{each['peak']:.1f}")
    more = (recorded["peak"] - bare["peak"]) / bare["size"]
    table.add_row(
        "ratio", f"{recorded['seconds'] / bare['seconds']:.2f}×", f"+{more:.2f} copies of the model"
    )
    Console().print(table)


if __name__ == "__main__":
    main()
