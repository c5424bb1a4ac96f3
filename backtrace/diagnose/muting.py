"""What the user turned off: by code on the command line or in a config, or by a comment."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Iterable

from backtrace.diagnose.choose import means
from backtrace.diagnose.rule import Finding
from backtrace.ledger.place import read_cell, split_place

_COMMENT = re.compile(r"#\s*backtrace:\s*ignore\b[\s:]*([^#]*)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][\w-]*")

ReadLine = Callable[[str, int], str]


def read_source_line(file: str, line: int) -> str:
    """Return a line of a file, or of a cell of this notebook; '' where there is none."""
    if not file.startswith("cell "):
        linecache.checkcache(file)  # another file of that name may have been read before
        return linecache.getline(file, line)
    return "".join(read_cell(file)[line - 1 : line])


def is_muted(
    finding: Finding, ignored: Iterable[str], read_line: ReadLine = read_source_line
) -> bool:
    """Whether a finding was turned off, by one of `ignored` or by a comment where it points."""
    if any(means(name, finding) for name in ignored):
        return True
    names = read_comment(finding.where, read_line)
    return names is not None and (not names or any(means(name, finding) for name in names))


def read_comment(where: str, read_line: ReadLine = read_source_line) -> tuple[str, ...] | None:
    """Return what `# backtrace: ignore BT101, BT2` on the line `where` names.

    Nothing named means all rules; None that there is no such comment. What is written behind
    the names is the user's reason.
    """
    place = split_place(where)
    found = None if place is None else _COMMENT.search(read_line(*place))
    if found is None:
        return None
    names: list[str] = []
    rest = found[1].strip()
    while name := _NAME.match(rest):
        names.append(name[0])
        rest = rest[name.end() :].lstrip()
        if not rest.startswith(","):
            break
        rest = rest[1:].lstrip()
    return tuple(names)
