"""Runs jobs in processes of their own, several at a time, each with a time limit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from backtrace.check.child import Job
from backtrace.check.outcome import Outcome, outcome_from_dict
from backtrace.config.words import shorten

_PACKAGE = Path(__file__).resolve().parents[1]
# What `python` puts first into its path (the working directory) may hide modules of others.
_START = """\
import sys
if not getattr(sys.flags, "safe_path", False):
    sys.path[0] = {folder!r}
from backtrace.check.child import main
main({job!r}, {outcome!r})
"""
_PAUSE = 0.02
_GRACE = 5.0  # seconds that a process has to end, once its outcome is there
_MOST_LINES = 30
_MOST_CHARACTERS = 400
_MOST_BYTES = 20_000

Told = Callable[[Sequence[str]], None]


@dataclass
class _Running:
    """A process, and the files that it was given."""

    job: Job
    process: subprocess.Popen[bytes]
    folder: Path
    start: float
    done_at: float | None = None

    @property
    def outcome_file(self) -> Path:
        return self.folder / "outcome.json"


def run_jobs(
    jobs: Sequence[Job], parallel: int, timeout: float, tell: Told = lambda names: None
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
                    place = Path(folder, str(len(waiting)))
                    running.append(_start(waiting.pop(), place, parallel))
                tell([each.job.target.name for each in running])
                for each in list(running):
                    outcome = _look(each, timeout)
                    if outcome is not None:
                        running.remove(each)
                        yield outcome
                time.sleep(_PAUSE)
        finally:
            for each in running:
                _kill(each.process)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(job: Job, place: Path, parallel: int) -> _Running:
    place.mkdir()
    (place / "job.json").write_text(json.dumps(asdict(job)), encoding="utf-8")
    files = {"job": str(place / "job.json"), "outcome": str(place / "outcome.json")}
    code = _START.format(folder=str(_PACKAGE.parent), **files)
    threads = str(max(1, cores() // parallel))
    env = {"OMP_NUM_THREADS": threads, **os.environ, "PYTHONUNBUFFERED": "1"}
    with (place / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env,
            start_new_session=True,
        )  # fmt: skip
    return _Running(job, process, place, time.monotonic())


def _look(running: _Running, timeout: float) -> Outcome | None:
    """Return the outcome where the process is done, or has used up its time."""
    process, now = running.process, time.monotonic()
    is_there = running.outcome_file.exists()
    if process.poll() is None:
        if is_there:
            running.done_at = running.done_at or now
            if now - running.done_at < _GRACE:
                return None
        elif now - running.start < timeout:
            return None
    _kill(process)
    seconds = (running.done_at or now) - running.start
    output = _read_end(running.folder / "output")
    if running.outcome_file.exists():
        document = json.loads(running.outcome_file.read_text("utf-8"))
        outcome = outcome_from_dict(document)
        return replace(outcome, seconds=seconds, output=output)
    error = _describe_end(process.returncode)
    if now - running.start >= timeout:
        error = f"it was stopped after {timeout:g} s; --timeout SECONDS gives it more"
    job = running.job
    return Outcome(job.target.name, job.path, seconds=seconds, error=error, output=output)


def _describe_end(code: int) -> str:
    if code >= 0:
        return f"its process ended with exit code {code} before the run was over"
    with suppress(ValueError):
        return f"its process was killed by {signal.Signals(-code).name}"
    return f"its process was killed by signal {-code}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _read_end(file: Path) -> str:
    """Return the last lines of a file."""
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - _MOST_BYTES))
        text = opened.read().decode("utf-8", errors="replace")
    lines = text.splitlines()[-_MOST_LINES:]
    return "\n".join(shorten(line, _MOST_CHARACTERS) for line in lines)
