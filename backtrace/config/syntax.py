"""PyYAML's complaints about syntax, in our words."""

from __future__ import annotations

import yaml

from backtrace.config.tree import Flaw, TextPlace, place_at
from backtrace.config.words import visible

_PLAIN = {
    "character '\\t'": ("a tab", "YAML is indented with spaces"),
    "mapping values are not allowed here": (
        "a `:` that cannot stand here",
        "is the indentation right? Text that holds `: ` needs quotes",
    ),
    "expected <block end>": (
        "a line that does not fit the indentation around it",
        "lines of one mapping or list begin in the same column",
    ),
    "could not find expected ':'": (
        "a line without `:`",
        "write `key: value`; a text of several lines needs quotes or `|`",
    ),
    "expected ',' or": (
        "a `[` or `{` that is not closed, or a missing comma",
        "a list is `[1, 2]`, a mapping `{lr: 0.1}`",
    ),
    "while scanning a quoted scalar": ("a quote that is not closed", ""),
    "found unexpected end of stream": ("a quote that is not closed", "close it on its line"),
    "cannot start any token": (
        "a character that cannot begin a value",
        "put the text in quotes",
    ),
}


def explain(error: yaml.YAMLError, text: str) -> Flaw:
    """Turn PyYAML's complaint into ours."""
    if isinstance(error, yaml.reader.ReaderError):
        place = place_at(text, error.position)
        found = f"the control character {error.character:#04x}"
        return Flaw((), found, "is this a text file?", place)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = TextPlace(mark.line + 1, mark.column + 1) if mark else TextPlace(1, 1)
    problem = str(getattr(error, "problem", None) or error)
    for part, (found, hint) in _PLAIN.items():
        if part in problem:
            return Flaw((), found, hint, place)
    context = getattr(error, "context_mark", None)
    since = f" (what began in line {context.line + 1})" if context else ""
    return Flaw((), f"no YAML: {visible(problem)}{since}", "check the lines just before", place)
