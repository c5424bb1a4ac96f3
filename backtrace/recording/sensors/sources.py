"""The user's source files: writes down which of their lines do not do what they are written for."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import Any

from backtrace.ledger.facts import Fact
from backtrace.recording.frames import find_line_in, find_user_paths
from backtrace.recording.journal import Journal
from backtrace.recording.source.data import finders as data
from backtrace.recording.source.generators import finders as generators
from backtrace.recording.source.lines import finders as lines
from backtrace.recording.source.loops import finders as loops
from backtrace.recording.source.losses import finders as losses
from backtrace.recording.source.models import finders as models
from backtrace.recording.source.policies import finders as policies
from backtrace.recording.source.source_file import read_scopes, read_text

_FOLDERS = (data, generators, lines, loops, losses, models, policies)
_FINDERS = [each for folder in _FOLDERS for each in folder.FINDERS]


class SourceSensor:
    """Reads each file once, when a model that is called from it is first seen."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._read: set[str] = set()

    def look(self) -> None:
        """Read the files that are on the stack and were not read before."""
        for path in find_user_paths():
            if path not in self._read:
                self._read.add(path)
                self._write(path)

    def _write(self, path: str) -> None:
        for kind, function, found in _look_through(path, read_text(path)):
            told = asdict(found)
            where = find_line_in([(path, told.pop("line"))])
            self._journal.write(kind, where=where, function=function, **told)


@lru_cache(maxsize=256)
def _look_through(path: str, text: str) -> tuple[tuple[type[Fact], str, Any], ...]:
    """Return what is found in a file that has this text, once for all runs of the process."""
    return tuple(
        (kind, scope.name, found)
        for scope in read_scopes(path)
        for kind, find in _FINDERS
        for found in find(scope)
    )
