"""Runs jobs in processes of their own, several at a time, each with a time limit."""

from __future__ import annotations

import os
import secrets
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from backtrace.check.child import Job, JobRequest
from backtrace.check.outcome import Outcome, open_outcome
from backtrace.check.supervisor import MOST_BYTES
from backtrace.config.words import shorten
from backtrace.tracefile import codec

_PACKAGE = Path(__file__).resolve().parents[1]
# What `python` puts first into its path (the working directory) may hide modules of others.
_START = """\
import sys
if not getattr(sys.flags, "safe_path", False):
    sys.path[0] = {folder!r}
from backtrace.check.supervisor import main
main()
"""
_PAUSE = 0.02
_GRACE = 5.0  # seconds that a process has to end, once its outcome is there
_PATIENCE = 10.0  # seconds that a supervisor has to end all that its target started
_MOST_LINES = 30
_MOST_CHARACTERS = 400
_LARGEST = 2**26  # bytes of an outcome

OnRunning = Callable[[Sequence[str]], None]


@dataclass
class _Running:
    """A job's process, the file for what it prints, and the one for its outcome.

    The file that it prints into is open all the while: nobody can take it away. Where the outcome
    is to be is told to the process alone, through its standard input, with the key that opens it.
    """

    job: Job
    process: subprocess.Popen[bytes]
    output: BinaryIO
    outcome_file: Path
    key: str
    start: float
    done_at: float | None = None


def run_jobs(
    jobs: Sequence[Job], parallel: int, timeout: float, tell: OnRunning = lambda names: None
) -> Iterator[Outcome]:
    """Run the jobs, `parallel` at a time, and give each outcome when it is there.

    `tell` is given the names of those that run, again and again. However this ends, no process
    that it started is left.
    """
    waiting = list(reversed(jobs))
    running: list[_Running] = []
    with tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as folder:
        try:
            while waiting or running:
                while waiting and len(running) < parallel:
                    running.append(_start(waiting.pop(), Path(folder), parallel))
                tell([each.job.target.name for each in running])
                for each in list(running):
                    outcome = _look(each, timeout)
                    if outcome is not None:
                        running.remove(each)
                        each.output.close()
                        yield outcome
                time.sleep(_PAUSE)
        finally:
            for each in running:
                _close_input(each.process)  # all of them at once
            for each in running:
                _end(each.process)
                each.output.close()


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(job: Job, folder: Path, parallel: int) -> _Running:
    key, name = secrets.token_hex(), secrets.token_hex()
    outcome_file = folder / f"{name}.json"
    threads = str(max(1, cores() // parallel))
    env = {"OMP_NUM_THREADS": threads, **os.environ, "PYTHONUNBUFFERED": "1"}
    output = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the outcome is there)
    process = subprocess.Popen(
        [sys.executable, "-c", _START.format(folder=str(_PACKAGE.parent))],
        stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, env=env,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    with suppress(OSError):  # it ended at once: that will be said
        request = codec.dump(JobRequest(job, str(outcome_file), key))
        process.stdin.write(request.encode() + b"\n")
        process.stdin.flush()
    return _Running(job, process, output, outcome_file, key, time.monotonic())


def _look(running: _Running, timeout: float) -> Outcome | None:
    """Return the outcome where the process is done, or has used up its time."""
    process, now = running.process, time.monotonic()
    if process.poll() is None:
        if running.outcome_file.exists():
            running.done_at = running.done_at or now
            if now - running.done_at < _GRACE:
                return None
        elif now - running.start < timeout:
            return None
    _end(process)
    job, seconds = running.job, (running.done_at or now) - running.start
    output = _read_end(running.output)
    try:
        outcome = open_outcome(_read_whole(running.outcome_file), running.key)
        return replace(
            outcome, target=job.target.name, path=job.path, seconds=seconds, output=output
        )
    except FileNotFoundError:
        error = _describe_end(process.returncode)
        if now - running.start >= timeout:
            error = f"it was stopped after {timeout:g} s; --timeout SECONDS gives it more"
    except (OSError, ValueError) as problem:
        error = f"the result that its process left cannot be used: {shorten(str(problem), 200)}"
    return Outcome(job.target.name, job.path, seconds=seconds, error=error, output=output)


def _describe_end(code: int) -> str:
    if code >= 0:
        return f"its process ended with exit code {code} before the run was over"
    with suppress(ValueError):
        return f"its process was killed by {signal.Signals(-code).name}"
    return f"its process was killed by signal {-code}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process: it ends all that its target started when its input is closed."""
    _close_input(process)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_PATIENCE if hasattr(os, "fork") else 0)
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _close_input(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()


def _read_whole(file: Path) -> str:
    """Return what a file holds.

    Raises:
        OSError: there is none.
        ValueError: it is not a plain file, not of text, or far too large.
    """
    found = file.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
        raise ValueError("not a plain file of some bytes")
    return file.read_text("utf-8")


def _read_end(output: BinaryIO) -> str:
    """Return the last lines of what a process wrote."""
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - MOST_BYTES))
    lines = output.read().decode("utf-8", errors="replace").splitlines()[-_MOST_LINES:]
    return "\n".join(shorten(line, _MOST_CHARACTERS) for line in lines)
