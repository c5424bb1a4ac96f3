"""The line of the user's code that made a call, where its file is still there."""

from __future__ import annotations

import linecache
from functools import lru_cache
from pathlib import Path

import backtrace
from backtrace.tracefile import TraceFile

_LARGEST = 4 * 2**20  # bytes; a longer file is no source


def read_line(trace: TraceFile, where: str) -> str:
    """Return the text at `file:line`, '' where there is none; nothing is ever run."""
    name, _, line = where.rpartition(":")
    if not name.endswith(".py") or not line.isdecimal():
        return ""
    folders = [Path.cwd(), trace.path.resolve().parent]
    if name == "loop.py" and trace.header.config:  # a config's loop is ours
        folders = [Path(backtrace.__file__).parent / "train"]
    for folder in folders:
        found = _read(folder / name, int(line))
        if found:
            return found
    return ""


@lru_cache(maxsize=1000)
def _read(path: Path, line: int) -> str:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return ""
        return linecache.getline(str(path), line).strip()
    except (OSError, ValueError):
        return ""
