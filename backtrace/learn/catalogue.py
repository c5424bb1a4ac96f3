"""The lessons of the course, in order, and the file that a typed name stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from backtrace.config.words import suggest, visible
from backtrace.errors import UsageError
from backtrace.learn.translation import find_translation

LANGUAGE = "en"
_FOLDER = Path(__file__).parent / "lessons"
_FILE = re.compile(r"(\d+)_(\w+)")
_TITLE = re.compile(r"^title:\s*(.+?)\s*$", re.M)


@dataclass(frozen=True)
class LessonFile:
    """Where a lesson stands; `number` is its place in the course, 0 for one of a teacher's."""

    number: int
    name: str
    path: Path

    @property
    def title(self) -> str:
        """What the list calls it, read without checking the rest."""
        match = _TITLE.search((find_translation(self.path) or self.path).read_text("utf-8"))
        return match[1].strip("'\"") if match else ""


def list_lessons(language: str = LANGUAGE) -> list[LessonFile]:
    """Return the lessons of the course in teaching order."""
    found = []
    for path in sorted((_FOLDER / language).glob("*.md")):
        match = _FILE.fullmatch(path.stem)
        if match:
            found.append(LessonFile(int(match[1]), match[2], path))
    return found


def find_lesson(typed: str) -> LessonFile:
    """Return the lesson that a name, a number or a path stands for.

    Raises:
        UsageError: there is none; the message says which was probably meant.
    """
    lessons = list_lessons()
    for each in lessons:
        if typed in (each.name, str(each.number)):
            return each
    path = Path(typed)
    if path.suffix == ".md" or "/" in typed:
        if path.is_file():
            return LessonFile(0, str(path.resolve()), path)
        beside = [each.name for each in sorted(path.parent.glob("*.md"))]
        near = suggest(path.name, beside)
        raise UsageError(f"{visible(typed)}: no such file{f'; {near}' if near else ''}")
    if typed.lstrip("+-").isdecimal():
        raise UsageError(f"lesson {visible(typed)}: the lessons are numbered 1 to {len(lessons)}")
    near = suggest(typed.replace("-", "_"), [each.name for each in lessons])
    hint = f"{near} " if near else ""
    raise UsageError(
        f"{visible(typed)}: no lesson of that name. {hint}`backtrace learn` lists them"
    )
