"""What the user turned off: by code on the command line or in a config, or by a comment."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Iterable

from backtrace.diagnose.choose import means
from backtrace.diagnose.rule import Finding

_COMMENT = re.compile(r"#\s*backtrace:\s*ignore\b[\s:]*([^#]*)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][\w-]*")

ReadLine = Callable[[str, int], str]


def is_muted(
    finding: Finding, ignored: Iterable[str], read_line: ReadLine = linecache.getline
) -> bool:
    """Whether a finding was turned off, by one of `ignored` or by a comment where it points."""
    if any(means(name, finding) for name in ignored):
        return True
    names = read_comment(finding.where, read_line)
    return names is not None and (not names or any(means(name, finding) for name in names))


def read_comment(where: str, read_line: ReadLine = linecache.getline) -> tuple[str, ...] | None:
    """Return what `# backtrace: ignore BT101, BT2` on the line `where` names.

    Nothing named means all rules; None that there is no such comment. What is written behind
    the names is the user's reason.
    """
    file, _, line = where.rpartition(":")
    if not file or not line.isdigit():
        return None
    found = _COMMENT.search(read_line(file, int(line)))
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
