"""Lines of text that fit, also where words have no blanks between them, as in Chinese."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

_WIDE = re.compile(r"[\u2e80-\u9fff]")
_PIECE = re.compile(
    r"(?:[\u2e80-\u9fff（“]|[^\s\u2e80-\u9fff\uff00-\uffef]+)[，。：；！？）、”\u3001\u3002]*\s*|\S"
)


def wrap(text: Text, console: Console, room: int) -> list[Text]:
    """Return the lines of a text of one paragraph, in so many cells."""
    plain = text.plain
    lines = text.divide(breaks(plain, room)) if is_wide(plain) else text.wrap(console, room)
    for line in lines:
        line.rstrip()
    return list(lines)


def is_wide(text: str) -> bool:
    """Whether there are signs in it that take two cells each, and may stand at a line's end."""
    return _WIDE.search(text) is not None


def breaks(text: str, room: int) -> list[int]:
    """Return where to break a text whose words have no blanks between them: before any sign.

    Closing punctuation stays with the sign before it.
    """
    found, begin = [], 0
    for match in _PIECE.finditer(text):
        if begin < match.start() and cell_len(text[begin : match.end()].rstrip()) > room:
            begin = match.start()
            found.append(begin)
    return found
