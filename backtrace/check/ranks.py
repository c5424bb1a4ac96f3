"""A script that is checked on several ranks: run by torchrun's launcher, judged by its trace."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.driver.launch import launch_ranks
from backtrace.driver.rank_judgement import judge_trace
from backtrace.tracefile import open_trace

FEW = 5  # updates where nothing is said: all ranks must stop at the same one


def check_on_ranks(
    count: int, limit: int, command: Sequence[str], ignore: Sequence[str]
) -> tuple[Diagnosis, int]:
    """Run a script for a few updates on `count` ranks; return what all say, and the exit code.

    Raises:
        TraceFileError: no rank left anything.
    """
    with tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as folder:
        trace = Path(folder) / "run.trace"
        options = ["--limit", str(limit), "-o", str(trace), "--readings", "norm"]
        code = launch_ranks(count, ["run", *options, *command], Path(folder))
        with open_trace(trace) as joined:
            diagnosis, _ = judge_trace(joined, None, ignore)
    return diagnosis, code
