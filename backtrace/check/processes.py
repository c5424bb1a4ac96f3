"""Runs jobs in processes of their own, several at a time, each with a time limit."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from backtrace.check.child import Job, JobRequest
from backtrace.check.outcome import Outcome, open_outcome
from backtrace.config.words import shorten
from backtrace.driver.started import WarmStarter, may_begin_warm
from backtrace.driver.supervised import SupervisedProcess, cores
from backtrace.tracefile import codec

_PAUSE = 0.02
_GRACE = 5.0  # seconds that a process has to end, once its outcome is there
_LARGEST = 2**26  # bytes of an outcome

OnRunning = Callable[[Sequence[str]], None]


@dataclass
class _Running:
    """A job's process, and the file for its outcome.

    Where that is to be is told to the process alone, with the key that opens it.
    """

    job: Job
    process: SupervisedProcess
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
    with (
        tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as folder,
        closing(_Starts(jobs, Path(folder), parallel)) as starts,
    ):
        try:
            while waiting or running:
                while waiting and len(running) < parallel:
                    running.append(starts.start(waiting.pop()))
                tell([each.job.target.name for each in running])
                for each in list(running):
                    outcome = _look(each, timeout)
                    if outcome is not None:
                        running.remove(each)
                        each.process.close()
                        yield outcome
                time.sleep(_PAUSE)
        finally:
            for each in running:
                each.process.ask_to_end()  # all of them at once
            for each in running:
                each.process.end()
                each.process.close()


class _Starts:
    """Starts jobs; several that may begin warm share one import of torch."""

    def __init__(self, jobs: Sequence[Job], folder: Path, parallel: int) -> None:
        self._folder = folder
        threads = str(max(1, cores() // parallel))
        self._env = {} if "OMP_NUM_THREADS" in os.environ else {"OMP_NUM_THREADS": threads}
        several = sum(map(_may_be_warm, jobs)) > 1 and hasattr(os, "fork")
        self._warm = WarmStarter(self._env) if several else None

    def start(self, job: Job) -> _Running:
        """Start one."""
        key, name = secrets.token_hex(), secrets.token_hex()
        outcome_file = self._folder / f"{name}.json"
        request = codec.dump(JobRequest(job, str(outcome_file), key))
        warm = self._warm if _may_be_warm(job) else None
        process = SupervisedProcess("backtrace.check.child", request, self._env, warm)
        return _Running(job, process, outcome_file, key, time.monotonic())

    def close(self) -> None:
        """End what was shared."""
        if self._warm is not None:
            self._warm.close()


def _may_be_warm(job: Job) -> bool:
    if job.target.kind == "config":
        return True
    return job.ranks == 1 and may_begin_warm(job.target.path)


def _look(running: _Running, timeout: float) -> Outcome | None:
    """Return the outcome where the process is done, or has used up its time."""
    process, now = running.process, time.monotonic()
    if process.is_running:
        if running.outcome_file.exists():
            running.done_at = running.done_at or now
            if now - running.done_at < _GRACE:
                return None
        elif now - running.start < timeout:
            return None
    process.end()
    job, seconds = running.job, (running.done_at or now) - running.start
    output = process.read_output()
    try:
        outcome = open_outcome(_read_whole(running.outcome_file), running.key)
        return replace(
            outcome, target=job.target.name, path=job.path, seconds=seconds, output=output
        )
    except FileNotFoundError:
        error = process.describe_end()
        if now - running.start >= timeout:
            error = f"it was stopped after {timeout:g} s; --timeout SECONDS gives it more"
    except (OSError, ValueError) as problem:
        error = f"the result that its process left cannot be used: {shorten(str(problem), 200)}"
    return Outcome(job.target.name, job.path, seconds=seconds, error=error, output=output)


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
