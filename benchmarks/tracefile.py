"""What a trace file costs: its size, what writing adds to a run, and how fast it is read.

    python benchmarks/tracefile.py [--rounds N] [--updates N] [--readings N]

Writing is measured as `overhead.py` measures: bare, recorded and recorded into a file in turn,
round by round in one process, and the figure to quote is the median of the rounds' ratios. A
large trace is then made of a real one by telling its updates again, with other numbers; it is
opened and one of its updates read in processes of their own, Python's start included.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch
from overhead import Contender, recorded, time_updates
from rich.console import Console
from rich.table import Table
from workloads import Workload, transformer

import backtrace
from backtrace.ledger.events import Entry, Event, Reading, StepTaken
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Trace
from backtrace.tracefile import TraceWriter, open_trace

_READ_ONE = """\
import sys
from backtrace.tracefile import open_trace
with open_trace(sys.argv[1]) as trace:
    update = trace.updates[int(sys.argv[2])]
    assert update.rows, update
"""
_READ_ALL = """\
import sys
from pathlib import Path
from backtrace.tracefile import open_trace
with open_trace(sys.argv[1]) as trace:
    count = sum(1 for _ in trace.events)
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def written(folder: Path) -> Contender:
    """Recording into a file of its own, each time."""

    def make(workload: Workload) -> Any:
        path = folder / "run.trace"
        return backtrace.record(workload.model, workload.optimizer, file=path, force=True)

    return make


def measure_writing(folder: Path, rounds: int, updates: int) -> dict[str, list[float]]:
    """Return seconds per update for each contender and round, taken in turn."""
    workload = transformer()
    contenders: dict[str, Contender] = {
        "bare": nullcontext,
        "recorded": recorded,
        "recorded into a file": written(folder),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            times[name].append(time_updates(workload, contender, updates))
    return times


def told_again(trace: Trace, readings: int) -> Iterator[Event]:
    """Yield events with that many readings: a real trace's, its last update again and again.

    The graphs of the first updates are read whole, which few later ones are.
    """
    steps = [event.index for event in trace.events if isinstance(event, StepTaken)]
    opening = list(trace.events[: steps[-2] + 1])
    update = list(trace.events[steps[-2] + 1 : steps[-1] + 1])
    yield from opening
    index, chance = len(opening), random.Random(0)
    count = 0
    latest: dict[tuple[str, str], Reading] = {}  # what an account closed with, it opens with
    while count < readings:
        fresh: dict[int, Reading] = {}

        def vary(reading: Any, fresh: dict[int, Reading] = fresh) -> Any:
            if reading is None or id(reading) in fresh:
                return fresh.get(id(reading))
            scale = chance.uniform(0.5, 2)
            numbers = {name: getattr(reading, name) * scale for name in ("norm", "mean", "min")}
            fresh[id(reading)] = replace(reading, **numbers, max=reading.max * scale)
            return fresh[id(reading)]

        for event in update:
            changes: dict[str, Any] = {"index": index, "elapsed": float(index)}
            for field in fields(event):
                value = getattr(event, field.name)
                if isinstance(value, dict) and field.name in ("grads", "values"):
                    told = {}
                    for name, each in value.items():
                        if not isinstance(each, Entry):
                            told[name] = vary(each)
                            continue
                        key = (field.name, name)
                        before = latest.get(key, each.before) if each.before else None
                        told[name] = Entry(before, vary(each.after), vary(each.delta))
                        latest[key] = told[name].after
                    changes[field.name] = told
            yield replace(event, **changes)
            index += 1
        count += len(fresh)


def write_large(path: Path, trace: Trace, readings: int) -> tuple[float, int]:
    """Write a large trace; return the seconds it took, and by how many KiB memory grew."""
    writer, ledger = TraceWriter(path, force=True), Ledger()
    writer.start(trace.header)
    start = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for event in told_again(trace, readings):
        writer.take_event(event)
        for update in ledger.take(event):
            writer.take_update(update)
    writer.finish(1.0, interrupted=False)
    assert not writer.lost, writer.lost
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return time.perf_counter() - start, grown


def run_alone(code: str, *arguments: object) -> tuple[float, str]:
    """Run code in a process of its own; return its seconds and what it printed."""
    start = time.perf_counter()
    words = [sys.executable, "-c", code, *map(str, arguments)]
    result = subprocess.run(words, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, result.stdout


def count_rows(path: Path, table: str) -> int:
    """Return how many rows a table has."""
    import sqlite3

    with sqlite3.connect(path) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--updates", type=int, default=10, help="per round")
    parser.add_argument("--readings", type=int, default=1_000_000)
    options = parser.parse_args()
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    table = Table("trace file", "", title="transformer, 5.3 M parameters")
    with tempfile.TemporaryDirectory() as folder:
        times = measure_writing(Path(folder), options.rounds, options.updates)
        bare = times["bare"]
        table.add_row("bare update", f"{statistics.median(bare) * 1e3:.1f} ms")
        for name in list(times)[1:]:
            ratios = sorted(t / b for t, b in zip(times[name], bare, strict=True))
            spread = f"{ratios[len(ratios) // 4]:.3f}–{ratios[-1 - len(ratios) // 4]:.3f}"
            table.add_row(f"{name} / bare", f"{statistics.median(ratios):.3f}× ({spread})")
        pairs = zip(times["recorded into a file"], times["recorded"], bare, strict=True)
        added = statistics.median((file - memory) / each for file, memory, each in pairs)
        table.add_row("writing adds", f"{added:+.1%} of a bare update")
        small = Path(folder) / "run.trace"
        with open_trace(small) as file:
            trace = Trace(file.header, list(file.events))
        large = Path(folder) / "large.trace"
        seconds, grown = write_large(large, trace, options.readings)
        readings, updates = count_rows(large, "readings"), count_rows(large, "updates")
        table.add_row("readings, updates", f"{readings:,}, {updates:,}")
        table.add_row("size", f"{large.stat().st_size / readings:.1f} bytes a reading")
        table.add_row("made up and written in", f"{seconds:.0f} s, {grown / 1024:.0f} MiB more")
        chosen = [0, updates - 1, *random.Random(0).sample(range(updates), 8)]
        found = [run_alone(_READ_ONE, large, place)[0] for place in chosen]
        worst = f"{max(found):.2f} s at worst, {statistics.median(found):.2f} s median"
        table.add_row("opened, one update read", worst)
        table.add_row("Python's own start", f"{run_alone('pass')[0]:.2f} s")
        took, peak = run_alone(_READ_ALL, large)
        table.add_row("all events read", f"{took:.0f} s, {int(peak) / 1024:.0f} MiB at most")
        took, peak = run_alone(_READ_ALL, small)
        table.add_row("the same of a small trace", f"{took:.1f} s, {int(peak) / 1024:.0f} MiB")
    Console(width=None if sys.stdout.isatty() else 100).print(table)


if __name__ == "__main__":
    main()
