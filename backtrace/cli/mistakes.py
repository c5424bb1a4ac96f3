"""A mistake on the command line, told in the language that is asked for: the words are Typer's."""

from __future__ import annotations

import re
import sys
from typing import Any

import typer

from backtrace.cli.help_language import adopt_language_of, said

# A mistake of any kind: Typer has brought Click along under several names.
Mistake: type[Exception] = typer.BadParameter.__mro__[2]
_FORMS = (
    r"No such option: (.+?) \(Possible options: (.+)\)",
    r"No such option: (.+?) Did you mean (.+)\?",
    r"No such option: (.+)",
    r"No such command (.+?)\. Did you mean (.+)\?",
    r"No such command (.+)\.",
    r"Missing argument (.+)\.",
    r"Missing option (.+)\.",
    r"Option (.+) requires an argument\.",
    r"Option (.+) does not take a value\.",
    r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)",
    r"Invalid value for (.+?): (.+) is not a valid integer\.",
    r"Invalid value for (.+?): (.+) is not a valid int\.",
    r"Invalid value for (.+?): (.+) is not a valid float\.",
    r"Invalid value for (.+?): (.+) is not in the range (.+)\.",
    r"Invalid value for (.+?): (.+) is not one of (.+)\.",
    r"Invalid value for (.+?): (.+)",
)
_SOME = r"(?:\(s\))?"  # what some versions write behind a word of which there may be several
_GROUP = re.compile(r"\(\.\+\??\)")


def tell_mistake(error: Any) -> None:
    """Print a mistake as Typer would, in the language in use."""
    from typer import rich_utils

    from backtrace.printable import literal_lines

    message = literal_lines(mistake_in_language(error.format_message()))
    error.format_message = lambda: message
    words = rich_utils.RICH_HELP, rich_utils.ERRORS_PANEL_TITLE
    try:
        rich_utils.RICH_HELP, rich_utils.ERRORS_PANEL_TITLE = map(said, words)
        rich_utils.rich_format_error(error)
    finally:
        rich_utils.RICH_HELP, rich_utils.ERRORS_PANEL_TITLE = words


def is_told_here(error: Any) -> bool:
    """Whether a mistake is to be told in another language than Typer's, or must not be raw."""
    from backtrace.language import current_language
    from backtrace.printable import literal_lines

    adopt_language_of(sys.argv[1:])
    message = error.format_message()
    return current_language() != "en" or literal_lines(message) != message


def mistake_in_language(message: str) -> str:
    """Return Typer's sentence in the language in use, as it is where there are no words for it."""
    from backtrace.language import localized

    for form in _FORMS:
        found = re.fullmatch(form, message, re.DOTALL)
        if found is None:
            continue
        text = said(entry_of(form))
        for number, part in enumerate(found.groups(), start=1):
            text = text.replace(f"{{{number}}}", localized(part))
        return text
    return localized(message)


def entry_of(form: str) -> str:
    """Return what stands in the catalogue for a form."""
    numbers = iter(range(1, 9))
    text = _GROUP.sub(lambda match: f"{{{next(numbers)}}}", form.replace(_SOME, ""))
    return re.sub(r"\\(.)", r"\1", text.replace("arguments?", "arguments"))
