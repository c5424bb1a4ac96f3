"""How a command that changes scripts tells its own words from a script's: those after `--`."""

from __future__ import annotations

from typing import Any

from backtrace.cli.help_language import HelpfulCommand
from backtrace.errors import UsageError


class SteeredCommand(HelpfulCommand):
    """Keeps what stands after `--` for the script; `ctx.args` has it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read our own words, and leave those after `--` alone."""
        end = args.index("--") if "--" in args else len(args)
        rest: list[str] = super().parse_args(ctx, args[:end])
        ctx.args = args[end + 1 :]
        return rest


def refuse_for_scripts(ctx: Any, target: str, names: tuple[str, ...]) -> None:
    """Refuse options that no script has a use for.

    Raises:
        UsageError: one of them was given.
    """
    options = {parameter.name: parameter.opts[0] for parameter in ctx.command.params}
    given = [
        options[name]
        for name in names
        if getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"
    ]
    if given:
        raise UsageError(
            f"{', '.join(given)}: only configs have it, and {target} has its own loop\n"
            f"    options of the script's stand after it: {target} … -- {given[0]} …"
        )
