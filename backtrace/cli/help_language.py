"""The help of commands in the language that is asked for; other commands read nothing of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from typer.core import TyperCommand

_EXAMPLE = re.compile(r"(\[dim\].*?\[/\]\s*|\s+)(.*)")  # a command to type, and a remark on it
_TITLES = {"argument": "Arguments", "option": "Options"}


class HelpfulCommand(TyperCommand):
    """A command whose help is in the language of `--lang`, the project or the environment."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        with help_in_language(self, ctx):
            super().format_help(ctx, formatter)

    def get_usage(self, ctx: Any) -> str:
        """Return the line that begins a help or a mistake."""
        return usage_in_language(super().get_usage(ctx))


@contextmanager
def help_in_language(command: Any, ctx: Any) -> Iterator[None]:
    """Put a command's help into the language while it is printed; `command` may be a group."""
    from backtrace.language import current_language

    adopt_language_of(sys.argv[1:])
    if current_language() == "en":
        yield
        return
    for each in (command, *getattr(command, "commands", {}).values()):
        _translate(each, ctx)
    with _printing_in_language():
        yield


@contextmanager
def _printing_in_language() -> Iterator[None]:
    """Change what Typer and Rich print with; scripts that we run may use both, so it is put back.

    Rich breaks lines at blanks alone, and cuts off what is then too long for a table.
    """
    from typer import rich_utils

    from backtrace.show.text.wrapping import breaks, is_wide

    rich_text: Any = import_module("rich.text")
    divide = rich_text.divide_line
    default, required = rich_utils.DEFAULT_STRING, rich_utils.REQUIRED_LONG_STRING

    def divide_wide(text: str, width: int, fold: bool = True) -> list[int]:
        return breaks(text, width) if is_wide(text) else divide(text, width, fold)

    try:
        rich_utils.DEFAULT_STRING = said(default)
        rich_utils.REQUIRED_LONG_STRING = said(required)
        rich_text.divide_line = divide_wide
        yield
    finally:
        rich_utils.DEFAULT_STRING, rich_utils.REQUIRED_LONG_STRING = default, required
        rich_text.divide_line = divide


def usage_in_language(usage: str) -> str:
    """Return a line of usage with its first word in the language."""
    first, blank, rest = usage.partition(" ")
    return f"{said(first)}{blank}{rest}"


def adopt_language_of(words: Sequence[str]) -> None:
    """Adopt what `--lang` says, for `--help` is heard before it, or else the project's."""
    from backtrace.cli.language_option import adopt_asked_language

    asked = None
    for at, word in enumerate(words):
        if word == "--lang" and at + 1 < len(words):
            asked = words[at + 1]
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
    adopt_asked_language(asked)


def _translate(command: Any, ctx: Any) -> None:
    command.help = _paragraphs(command.help or "")
    command.rich_help_panel = command.rich_help_panel or said("Commands")
    for param in command.get_params(ctx):
        param.help = said(getattr(param, "help", None) or "")
        title = _TITLES.get(param.param_type_name)
        if title and not getattr(param, "rich_help_panel", None):
            param.rich_help_panel = said(title)


def _paragraphs(text: str) -> str:
    parts = []
    for part in text.split("\n\n"):
        if part.startswith("[dim]"):
            parts.append("\n".join(map(_example, part.split("\n"))))
        else:
            parts.append(said(" ".join(part.split())))
    return "\n\n".join(parts)


def _example(line: str) -> str:
    match = _EXAMPLE.fullmatch(line)
    return line if match is None else f"{match[1]}{said(match[2])}"


def said(text: str) -> str:
    """Return a text of the help in the language in use."""
    from backtrace.language import current_language, read_catalogue

    language = current_language()
    known = {} if language == "en" else read_catalogue(language, "help")
    return known.get(text) or text
