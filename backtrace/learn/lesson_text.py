"""The two parts of a lesson's file: front matter, which is data, and prose under headings."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.errors import ConfigError, Problem
from backtrace.learn.lesson import LessonSection

_START = "---"


def split_front_matter(text: str, file: str) -> tuple[str, list[str], int]:
    """Return the front matter, which keeps its line numbers, the body's lines, and its first."""
    lines = text.splitlines()
    ends = [at for at, line in enumerate(lines) if line.rstrip() == _START]
    if len(ends) < 2 or ends[0]:
        hint = "a lesson begins with front matter between two lines of `---`: see docs/learn.md"
        raise ConfigError([Problem("", "no front matter", hint, f"{file}:1:1")])
    return "\n".join(["", *lines[1 : ends[1]]]), lines[ends[1] + 1 :], ends[1] + 2


def read_sections(lines: Sequence[str], first: int) -> dict[str, LessonSection]:
    """Return a lesson's prose by its headings; `first` is the number of the first line."""
    found: dict[str, LessonSection] = {}
    name, begin, inside = "", 0, False
    for at, line in enumerate([*lines, "## "]):
        inside ^= line.startswith("```")
        if line.startswith("## ") and not inside:
            text = "\n".join(lines[begin:at])
            skipped = len(text) - len(text.lstrip("\n"))
            found[name] = LessonSection(
                text.strip("\n"), first + begin + skipped, first + begin - 1
            )
            name, begin = line[3:].strip(), at + 1
    return found
