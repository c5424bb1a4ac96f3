"""The group of all commands: what an option does not take is refused in plain words."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

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
