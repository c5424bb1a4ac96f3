"""The group of all commands: what an option does not take is refused in plain words."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.core import TyperGroup

from backtrace.cli.help_language import help_in_language, usage_in_language
from backtrace.cli.mistakes import Mistake, is_told_here, tell_mistake
from backtrace.errors import EXIT_MISTAKE

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
        except Mistake as error:
            if isinstance(error, typer.BadParameter):
                error.message = _in_plain_words(error.message)
            if not self._is_ours(error) or not is_told_here(error):
                raise
            tell_mistake(error)
            raise typer.Exit(EXIT_MISTAKE) from None

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the words of the command line; a mistake among them is told as one in a command."""
        try:
            return super().make_context(*args, **kwargs)
        except Mistake as error:
            if not self._is_ours(error) or not is_told_here(error):
                raise
            tell_mistake(error)
            raise SystemExit(EXIT_MISTAKE) from None

    def _is_ours(self, error: Any) -> bool:
        context = getattr(error, "ctx", None)
        return context is not None and context.find_root().command is self

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
