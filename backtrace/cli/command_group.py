"""The group of all commands: what an option does not take is refused in plain words."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from backtrace.cli.help_language import help_in_language, usage_in_language

_OF_PYDANTIC = "Value error, "


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
            error.message = error.message.removeprefix(_OF_PYDANTIC)
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, which lists the commands."""
        with help_in_language(self, ctx):
            super().format_help(ctx, formatter)

    def get_usage(self, ctx: Any) -> str:
        """Return the line that begins a help or a mistake."""
        return usage_in_language(super().get_usage(ctx))
