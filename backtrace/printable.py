"""Text that came from anywhere, made such that it says what it says and does nothing.

Names, paths, configs and messages may hold what steers a terminal, turns the direction of
writing, or is no character at all. Whatever is written for people to see passes through here, or
through what makes a form's own marks harmless and stands on this: Markdown's, GitHub's, XML's.
"""

from __future__ import annotations

import json
import re
import shlex

_NEVER_PRINTABLE = re.compile(r"[^\n\x20-\x7e]")
# What runners of CI servers obey in a log. GitHub's obeys `::error::` where a line begins, and a
# table may wrap a name anywhere; Azure's obeys `##vso[…]` anywhere, TeamCity's `##teamcity[…]`.
_WORDS = (
    "error|warning|notice|debug|group|endgroup|echo|set-output|set-env|save-state|add-path"
    "|add-mask|add-matcher|remove-matcher|stop-commands|internal-set-repo-path"
)
_COMMAND = re.compile(
    rf"(?mi)(^\s*:|(?<!\w):(?=:(?:{_WORDS})\b)|:(?=:(?:{_WORDS})(?: .*)?::))(?=:)|(#)(?=#\w*\[)"
)
_HASHES = re.compile(r"#(?=#\w*\[)")


def literal(text: str) -> str:
    """Return `text` on one line, with all spelled out that is not printable, or a command."""
    if not text.isprintable():
        text = "".join(map(_spell, text))
    return _without_commands(text)


def literal_lines(text: str) -> str:
    """Return text of several lines, with all but their ends spelled out where not printable.

    Nor is there a command to the runner of a CI server.
    """
    return "\n".join(map(literal, text.split("\n")))


def _spell(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def _without_commands(text: str) -> str:
    return _COMMAND.sub(_spell_command, text) if "::" in text or "##" in text else text


def _spell_command(match: re.Match[str]) -> str:
    return r"\x23" if match[2] else match[1].replace(":", r"\x3a")


def shell_word(word: str) -> str:
    """Return a word as a shell takes it: in escapes of its own where it is not printed as it is."""
    if literal(word) == word:
        return shlex.quote(word)
    escaped = word.replace("\\", r"\\").replace("'", r"\'")
    return f"$'{literal(escaped)}'"


def literal_texts(data: object) -> object:
    """Return plain data with all texts in it as `literal_lines` has them."""
    if isinstance(data, str):
        return literal_lines(data)
    if isinstance(data, dict):
        return {literal_texts(key): literal_texts(value) for key, value in data.items()}
    if isinstance(data, list | tuple):  # of numbers, most of the time
        return [each if type(each) is float else literal_texts(each) for each in data]
    return data


def json_text(document: object, *, indent: int | None = None) -> str:
    r"""Return strict JSON, in UTF-8's characters where they are printable and as \u… else.

    Raises:
        ValueError: there is a number that JSON has no word for.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent)
    return _HASHES.sub(r"\\u0023", _NEVER_PRINTABLE.sub(_escape_in_json, text))


def _escape_in_json(match: re.Match[str]) -> str:
    found = match[0]
    return found if found.isprintable() else json.dumps(found)[1:-1]
