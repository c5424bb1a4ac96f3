"""Which lessons were taken, and how they were answered: one small file of the user's."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

from backtrace.printable import json_text

_VERSION = 1


@dataclass(frozen=True)
class LessonRecord:
    """One lesson that was taken: when, what was answered, and whether that was right.

    `was_right` is None where there was no answer.
    """

    taken: str
    answer: str = ""
    was_right: bool | None = None

    @property
    def mark(self) -> str:
        """The sign that stands before it in a list."""
        return {True: "✓", False: "✗", None: "·"}[self.was_right]


class LearnProgress:
    """The records by lesson, read from a file and written after each; `problem` says why not.

    A file that cannot be read is put aside, as `.old`, when the next lesson is taken.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.problem = "" if path else "there is no home folder to keep progress in"
        self.records: dict[str, LessonRecord] = {}
        self._is_damaged = False
        if path is None:
            return
        try:
            self.records = _read(path)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, AttributeError) as error:
            self._is_damaged = not isinstance(error, OSError)
            self.problem = f"{path} cannot be read, so nothing counts as taken: {error}"

    def record(self, name: str, answer: str, was_right: bool | None) -> None:
        """Keep that a lesson was taken now; `problem` is set where that cannot be written."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self.records[name] = LessonRecord(now, answer, was_right)
        if self.path is None:
            return
        try:
            self._write(self.path)
            self.problem = ""
        except OSError as error:
            self.problem = f"progress is not kept: {self.path}: {error.strerror or error}"

    def _write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if self._is_damaged:
            path.replace(path.with_suffix(".old"))
            self._is_damaged = False
        records = {name: asdict(each) for name, each in self.records.items()}
        text = json_text({"version": _VERSION, "lessons": records}, indent=1)
        beside = path.with_suffix(f".{os.getpid()}")  # a crash leaves the old file whole
        beside.write_text(text + "\n", encoding="utf-8")
        beside.replace(path)


def progress_path(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return where progress is kept: $XDG_STATE_HOME, else ~/.local/state; None without a home."""
    given = environment.get("XDG_STATE_HOME", "")
    if Path(given).is_absolute():  # a relative one is to be ignored, says the specification
        return Path(given, "backtrace", "learn.json")
    try:
        return Path.home() / ".local" / "state" / "backtrace" / "learn.json"
    except RuntimeError:
        return None


def _read(path: Path) -> dict[str, LessonRecord]:
    data = json.loads(path.read_text("utf-8"))
    return {str(name): LessonRecord(**each) for name, each in data["lessons"].items()}
