"""The group of all commands: what an option does not take is refused in plain words."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.core import TyperGroup

from backtrace.cli.help_language import help_in_language, usage_in_language

_OF_PYDANTIC = "Value error, "
_PLAIN = {  # what typer says of a value that is not of its option's type, and better words
    r"Input should be a valid integer.*": r"a whole number belongs here",
    r"Input should be a valid number.*": r"a number belongs here",
    r"Input should be greater than or equal to (\S+)$": r"it must be at least \1",
    r"Input should be less than or equal to (\S+)$": r"it must be at most \1",
}


class CommandGroup(TyperGroup):
    """Runs the command that was asked for."""

    def invoke(self, ctx: Any) -> Any:
        """Run it.

        Raises:
            typer.BadParameter: an option was given what it does not take.
        """
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = _in_plain_words(error.message)
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, which lists the commands."""
        with help_in_language(self, ctx):
            super().format_help(ctx, formatter)

    def get_usage(self, ctx: Any) -> str:
        """Return the line that begins a help or a mistake."""
        return usage_in_language(super().get_usage(ctx))


def _in_plain_words(message: str) -> str:
    """Return what typer says of a value, without the words of the library that it asks."""
    text = message.removeprefix(_OF_PYDANTIC)
    for words, better in _PLAIN.items():
        if re.fullmatch(words, text, re.DOTALL):
            return re.sub(words, better, text, flags=re.DOTALL)
    return text
