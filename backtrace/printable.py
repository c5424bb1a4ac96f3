"""Text that came from anywhere, made such that it says what it says and does nothing.

Names, paths, configs and messages may hold what steers a terminal, turns the direction of
writing, or is no character at all. Whatever is written for people to see passes through here, or
through what makes a form's own marks harmless and stands on this: Markdown's, GitHub's, XML's.
"""

from __future__ import annotations

import json
import re

_NEVER_PRINTABLE = re.compile(r"[^\n\x20-\x7e]")
_COMMAND = re.compile(r"(?m)(^ *)(:)(?=:)|(#)(?=#\[)")  # what GitHub's runner obeys in a log


def literal(text: str) -> str:
    """Return `text` on one line, with all that is not printable spelled out."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def literal_lines(text: str) -> str:
    """Return text of several lines, with all but their ends spelled out where not printable.

    Nor does a line begin as a command to GitHub's runner does.
    """
    lines = "\n".join(map(literal, text.split("\n")))
    return _COMMAND.sub(_spell_command, lines)


def _spell_command(match: re.Match[str]) -> str:
    return r"\x23" if match[3] else rf"{match[1]}\x3a"


def literal_texts(data: object) -> object:
    """Return plain data with all texts in it as `literal_lines` has them."""
    if isinstance(data, str):
        return literal_lines(data)
    if isinstance(data, dict):
        return {literal_texts(key): literal_texts(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [literal_texts(each) for each in data]
    return data


def json_text(document: object, *, indent: int | None = None) -> str:
    r"""Return strict JSON, in UTF-8's characters where they are printable and as \u… else.

    Raises:
        ValueError: there is a number that JSON has no word for.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent)
    return _NEVER_PRINTABLE.sub(_escape_in_json, text)


def _escape_in_json(match: re.Match[str]) -> str:
    found = match[0]
    return found if found.isprintable() else json.dumps(found)[1:-1]
