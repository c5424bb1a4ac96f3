"""How long commands take from the shell: `--help`, and `run linear` against a bare script.

    python benchmarks/startup.py [--rounds N]

Whole processes, in turn; the figure to quote is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
COMMANDS = {
    "bare script": [sys.executable, str(HERE / "bare_linear.py")],
    "backtrace run linear": [sys.executable, "-m", "backtrace", "run", "linear"],
    "backtrace --help": [sys.executable, "-m", "backtrace", "--help"],
}


def time_command(command: list[str]) -> float:
    """Return the seconds that a command takes; its output is thrown away."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=11)
    rounds = parser.parse_args().rounds
    for command in COMMANDS.values():  # fills the caches of files and bytecode
        time_command(command)
    times = [{name: time_command(c) for name, c in COMMANDS.items()} for _ in range(rounds)]
    table = Table("command", "median, s", "ratio to the bare script")
    for name in COMMANDS:
        seconds = statistics.median(round_[name] for round_ in times)
        ratio = statistics.median(round_[name] / round_["bare script"] for round_ in times)
        table.add_row(name, f"{seconds:.2f}", f"{ratio:.2f}×")
    Console().print(table)


if __name__ == "__main__":
    main()
