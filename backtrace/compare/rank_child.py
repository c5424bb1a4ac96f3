"""Runs a script on several ranks, and says what the rank that failed first wrote."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from backtrace.driver.launch import LAUNCHER, launch_ranks
from backtrace.printable import literal_lines

_CAUSE = re.compile(
    r"Root Cause.*?rank\s*:\s*(\d+).*?exitcode\s*:\s*(-?\d+)[^\n]*?(?:\n|$)", re.DOTALL
)
_PREFIX = re.compile(r"^\[rank\d+\]: ")  # that torch puts before each line of a traceback
_BEGIN = "Traceback (most recent call last):"
_MOST = 12  # lines of what a rank wrote


def run_ranks(count: int, path: str, values: int, words: Sequence[str]) -> int:
    """Record `backtrace run WORDS` on `count` ranks into `path`; return the launcher's exit code.

    Nothing is written but what the rank said that failed first.
    """
    with tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as folder:
        logs = Path(folder)
        options = ["-o", path, "--values", str(values)]
        code = launch_ranks(count, ["run", *options, *words], logs, logs)
        if code:
            for line in describe_failure(logs):
                sys.stderr.write(f"{literal_lines(line)}\n")
        return code


def describe_failure(logs: Path) -> Iterator[str]:
    """Say which rank failed first, and the last that it wrote; or what the launcher said."""
    said = _read(logs / LAUNCHER)
    found = _CAUSE.search(said)
    if found is None:
        yield from said.splitlines()[-_MOST:]
        return
    rank, code = int(found[1]), int(found[2])
    how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    yield f"rank {rank} {how}:"
    texts = [_read(each) for each in sorted(logs.glob(f"*/attempt_0/{rank}/std*.log"))]
    yield from _tail_of("\n".join(texts))


def _tail_of(text: str) -> list[str]:
    """Return the last traceback up to the exception's line, or the last lines without one."""
    lines = [_PREFIX.sub("", line) for line in text.splitlines()]
    if _BEGIN not in lines:
        return lines[-_MOST:]
    begin = len(lines) - lines[::-1].index(_BEGIN)
    end = next((at for at in range(begin, len(lines)) if not lines[at].startswith(" ")), begin)
    return [_BEGIN, *lines[max(begin, end - _MOST + 1) : end + 1]]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
