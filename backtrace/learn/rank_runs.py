"""A lesson's script on several ranks: processes of their own, started as `run --nproc` does it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from backtrace.driver.launch import LAUNCHER, launch_ranks
from backtrace.errors import UsageError
from backtrace.learn.forms.form import LessonMistake
from backtrace.learn.lesson_run import LessonRun
from backtrace.ledger.trace import Trace
from backtrace.tracefile import open_trace

NO_RANKS = "it starts processes of its own, and torch.distributed with gloo is not available here"


class NoRanksError(UsageError):
    """A lesson needs several processes, and torch has nothing here that connects them."""


def has_ranks() -> bool:
    """Whether torch can connect processes here."""
    from backtrace.recording.ranks import has_gloo

    return has_gloo()


def run_ranks(run: LessonRun, *, receipt: bool, values: int) -> Trace:
    """Return what one rank saw of a run, in memory.

    Raises:
        NoRanksError: torch cannot connect processes here.
        LessonMistake: the script failed.
    """
    if not has_ranks():
        raise NoRanksError(NO_RANKS)
    options = ["--values", str(values), *(["--receipt"] if receipt else [])]
    options += [word for each in run.experiments for word in ("--with", each)]
    words = (*options, str(run.path), *run.arguments)
    traces = _launch(run.ranks, words, run.path.stat().st_mtime_ns)
    if run.rank not in traces:
        hint = f"ranks are 0 to {run.ranks - 1}"
        raise LessonMistake(["rank"], f"there is no rank {run.rank}", hint)
    return traces[run.rank]


@lru_cache(maxsize=4)
def _launch(count: int, words: tuple[str, ...], _changed: int) -> dict[int, Trace]:
    """Return what each rank saw; starting processes takes long, so it is kept."""
    with tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as folder:
        path, logs = Path(folder) / "run.trace", Path(folder) / "logs"
        logs.mkdir()
        code = launch_ranks(count, ["run", "-o", str(path), *words], Path(folder), logs)
        if code:
            said = next(iter(_last_lines(logs)), "")
            raise LessonMistake(["script"], f"its ranks ended with exit code {code}", said)
        return dict(_read(path))


def _read(path: Path) -> Iterator[tuple[int, Trace]]:
    with open_trace(path) as joined:
        numbers = [span.rank for span in joined.ranks]
    for number in numbers:
        with open_trace(path, number) as trace:
            yield number, Trace(trace.header, list(trace.events))


def _last_lines(logs: Path) -> list[str]:
    """Return the lines of what ended the ranks: the last of an error, or the launcher's."""
    found = sorted(logs.rglob("stderr.log"))
    texts = [each.read_text("utf-8", "replace") for each in (*found, logs / LAUNCHER)]
    return [lines[-1] for text in texts if (lines := text.strip().splitlines())]
