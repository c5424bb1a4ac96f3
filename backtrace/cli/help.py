"""`backtrace help`."""

from typing import Annotated

import typer

from backtrace.cli import completions


def help_(
    ctx: typer.Context,
    command: Annotated[
        str | None,
        typer.Argument(help="A command, such as run.", autocompletion=completions.commands),
    ] = None,
) -> None:
    """Print the help of a command, as `backtrace COMMAND --help` does."""
    from backtrace.config.words import suggest
    from backtrace.errors import UsageError

    parent = ctx.parent
    if parent is None:
        return
    if command is None:
        typer.echo(parent.get_help())
        return
    commands = getattr(parent.command, "commands", {})
    found = commands.get(command)
    if found is None:
        raise UsageError(f"{command}: no such command. {suggest(command, commands)}".rstrip())
    with found.make_context(command, [], parent=parent, resilient_parsing=True) as asked:
        typer.echo(found.get_help(asked))
