"""The line of the user's code that made a call, where its file, or its cell, is still the same."""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import backtrace
from backtrace.ledger.place import read_cell, split_place
from backtrace.ledger.trace import Header, Trace

if TYPE_CHECKING:
    from backtrace.driver.view import RunPlan

_LARGEST = 4 * 2**20  # bytes; a longer file is no source
_SLACK = 1.0  # seconds: a trace's header tells whole ones


@dataclass(frozen=True)
class SourceLines:
    """Reads the lines of a run's code: those of its script as it ran, others where they lie.

    `folders` are where relative paths may begin; without `has_cells` a notebook's are not here.
    """

    header: Header
    folders: tuple[Path, ...]
    has_cells: bool = True

    def read(self, where: str) -> str:
        """Return the text at a place, '' where there is none; nothing is ever run.

        A file that was written after the run began is another one by now. Of a cell there is a
        text only in the notebook that runs it.
        """
        place = split_place(where)
        if place is None:
            return ""
        name, line = place
        if name.startswith("cell "):
            return "".join(read_cell(name)[line - 1 : line]).strip() if self.has_cells else ""
        if not name.endswith(".py"):
            return ""
        if name == self.header.target and self.header.script:
            return "".join(self.header.script.split("\n")[line - 1 : line]).strip()
        if name == "loop.py" and self.header.config:  # a config's loop is ours
            own = _read(Path(backtrace.__file__).parent / "train" / name, line, None)
            return own.partition("  # type:")[0]
        began = _began(self.header)
        return next(filter(None, (_read(each / name, line, began) for each in self.folders)), "")


def read_line(trace: Trace, where: str) -> str:
    """Return the text at a place of a trace, as `SourceLines` has it."""
    return source_of(trace).read(where)


def source_of(trace: Trace) -> SourceLines:
    """Return what reads the lines of a trace's code, here or beside its file."""
    from backtrace.tracefile import TraceFile

    if not isinstance(trace, TraceFile):
        return SourceLines(trace.header, (Path.cwd(),))
    folders = Path.cwd(), trace.path.resolve().parent
    return SourceLines(trace.header, folders, has_cells=trace.is_of_this_process)


def source_of_run(plan: RunPlan) -> SourceLines:
    """Return what reads the lines of a run's code, here or beside its trace's file."""
    beside = [Path(plan.folder)] if plan.folder else []
    return SourceLines(plan.header, (Path.cwd(), *beside), has_cells=not beside)


def _began(header: Header) -> float | None:
    """Return when the run began, in seconds; None where that is not known."""
    try:
        return datetime.fromisoformat(header.started).timestamp() + _SLACK
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
