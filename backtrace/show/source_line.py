"""The line of the user's code that made a call, where its file, or its cell, is still the same."""

from __future__ import annotations

import linecache
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import backtrace
from backtrace.ledger.place import read_cell, split_place
from backtrace.ledger.trace import Trace
from backtrace.tracefile import TraceFile

_LARGEST = 4 * 2**20  # bytes; a longer file is no source
_SLACK = 1.0  # seconds: a trace's header tells whole ones


def read_line(trace: Trace, where: str) -> str:
    """Return the text at a place, '' where there is none; nothing is ever run.

    A file that was written after the run began is another one by now. Of a cell there is a text
    only in the notebook that runs it.
    """
    place = split_place(where)
    if place is None:
        return ""
    name, line = place
    if name.startswith("cell "):
        is_here = not isinstance(trace, TraceFile) or trace.is_of_this_process
        return "".join(read_cell(name)[line - 1 : line]).strip() if is_here else ""
    if not name.endswith(".py"):
        return ""
    folders = [Path.cwd()]
    if isinstance(trace, TraceFile):
        folders.append(trace.path.resolve().parent)
    if name == "loop.py" and trace.header.config:  # a config's loop is ours
        own = _read(Path(backtrace.__file__).parent / "train" / name, line, None)
        return own.partition("  # type:")[0]
    began = _began(trace)
    return next(filter(None, (_read(folder / name, line, began) for folder in folders)), "")


def _began(trace: Trace) -> float | None:
    """Return when the run began, in seconds; None where that is not known."""
    try:
        return datetime.fromisoformat(trace.header.started).timestamp() + _SLACK
    except ValueError:
        return None


@lru_cache(maxsize=1000)
def _read(path: Path, line: int, began: float | None) -> str:
    try:
        found = path.stat() if path.is_file() else None
        if found is None or found.st_size > _LARGEST:
            return ""
        if began is not None and found.st_mtime > began:
            return ""
        return linecache.getline(str(path), line).strip()
    except (OSError, ValueError):
        return ""
