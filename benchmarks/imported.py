"""What a process pays that imports backtrace and records nothing.

    python benchmarks/imported.py [--rounds N] [--updates N]

Two processes in turn train the same workload, one of them after `import backtrace`; the figure to
quote is the median of the rounds' ratios of the time an update takes.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
CHILD = """\
import sys, time
{first}
sys.path.insert(0, {folder!r})
from workloads import WORKLOADS
workload = WORKLOADS[{number}]()
workload.update()
times = []
for _ in range({updates}):
    start = time.perf_counter()
    workload.update()
    times.append(time.perf_counter() - start)
print(workload.name, sorted(times)[len(times) // 2], sep="\\t")
"""


def time_update(number: int, first: str, updates: int) -> tuple[str, float]:
    """Return a workload's name and the median seconds of an update, in a process of its own."""
    code = CHILD.format(first=first, folder=str(HERE), number=number, updates=updates)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    name, seconds = done.stdout.strip().split("\t")
    return name, float(seconds)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--updates", type=int, default=20, help="per round")
    options = parser.parse_args()
    table = Table("workload", "without, ms", "ratio with `import backtrace`")
    for number in range(3):
        pairs = []
        for _ in range(options.rounds):
            name, bare = time_update(number, "", options.updates)
            _, imported = time_update(number, "import backtrace", options.updates)
            pairs.append((bare, imported))
        ratio = statistics.median(imported / bare for bare, imported in pairs)
        base = statistics.median(bare for bare, _ in pairs) * 1e3
        table.add_row(name, f"{base:.1f}", f"{ratio:.3f}×")
    Console().print(table)


if __name__ == "__main__":
    main()
