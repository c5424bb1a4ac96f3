"""What many ranks cost when they have ended: to merge their files, to open that, to judge it.

    python benchmarks/ranks_scale.py [--ranks 64] [--parameters 1000] [--updates 10 20]

The ranks never ran: one file is written from made events, of norms, and copied for the others
with another rank in it; rank 1 has other values in one parameter from the middle on. Each step is
a process of its own, whose seconds, seconds of CPU (which other work on the machine does not
lengthen as much) and peak of memory are told; several numbers of updates show how they grow.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "ranks"))

from synthetic_ranks import Synthetic  # noqa: E402

from backtrace.tracefile.ranks import path_of_rank  # noqa: E402

_COST = """
import time
from pathlib import Path
status = Path("/proc/self/status").read_text()
peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
print(time.process_time(), int(peak) // 1024)
"""
STEPS = {
    "merge": """
from backtrace.tracefile.merge import merge_files, read_rank_file
from backtrace.tracefile.ranks import find_rank_paths
path = Path(sys.argv[1])
merge_files([read_rank_file(each) for each in find_rank_paths(path).values()], path, force=False)
said = ""
""",
    "open": """
from backtrace.tracefile import open_trace
with open_trace(sys.argv[1], 1) as trace:
    update = trace.updates[len(trace.updates) - 1]
    said = f"{len(trace.ranks)} ranks, update {update.index} of rank 1"
""",
    "judge": """
from backtrace.driver.rank_judgement import judge_trace
from backtrace.tracefile import open_trace
with open_trace(sys.argv[1]) as trace:
    found, _ = judge_trace(trace, None, ())
said = "; ".join(f"{each.code} at update {each.update}" for each in found.alarms) or "no findings"
""",
}


def write_ranks(run: Synthetic, path: Path) -> None:
    """Write the files of all ranks beside `path`."""
    run.write(0, path_of_rank(path, 0))
    run.write(run.away, path_of_rank(path, run.away))
    for number in range(run.size):
        own = path_of_rank(path, number)
        if not own.exists():
            shutil.copy(path_of_rank(path, 0), own)
            with closing(sqlite3.connect(own)) as connection:
                connection.execute("PRAGMA synchronous = OFF")
                told = json.dumps(asdict(run.rank(number)))
                connection.execute("UPDATE header SET value = ? WHERE key = 'rank'", (told,))
                connection.execute(
                    "UPDATE events SET data = replace(data, '\"00000000', ?) "
                    "WHERE kind = 'ForwardRan'", (f'"{number:08x}',),
                )  # fmt: skip
                connection.commit()


def measure(step: str, path: Path) -> tuple[float, float, int, str]:
    """Return the seconds that a step takes, those of CPU, its peak in MB, and what it says."""
    code = f"import sys\nfrom pathlib import Path\n{STEPS[step]}\nprint(said){_COST}"
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    said, cost = done.stdout.splitlines()[-2:]
    cpu, peak = cost.split()
    return time.perf_counter() - start, float(cpu), int(peak), said


def main() -> None:
    """Print a line for each step and number of updates."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ranks", type=int, default=64)
    parser.add_argument("--parameters", type=int, default=1000)
    parser.add_argument("--updates", type=int, nargs="+", default=[10, 20])
    asked = parser.parse_args()
    table = Table("updates", "step", "seconds", "of CPU", "peak MB", "file MB", "")
    for updates in asked.updates:
        run = Synthetic(asked.ranks, asked.parameters, updates, parts_at=updates // 2 + 1)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.trace"
            write_ranks(run, path)
            for step in STEPS:
                seconds, cpu, peak, said = measure(step, path)
                size = path.stat().st_size / 1e6
                row = (f"{seconds:.1f}", f"{cpu:.1f}", str(peak), f"{size:.0f}", said)
                print(updates, step, *row, file=sys.stderr, flush=True)
                table.add_row(str(updates), step, *row)
    Console().print(table)


if __name__ == "__main__":
    main()
