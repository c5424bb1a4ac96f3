"""`backtrace configs`."""

from pathlib import Path
from typing import Annotated

import typer

from backtrace.cli import completions


def configs(
    show: Annotated[
        str | None,
        typer.Option(
            "--show",
            metavar="NAME",
            help="Print a config's text.",
            autocompletion=completions.configs,
        ),
    ] = None,
    copy: Annotated[
        str | None,
        typer.Option(
            "--copy",
            metavar="NAME",
            help="Copy a config, and what it needs, to here.",
            autocompletion=completions.configs,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """List the bundled configs, in the order in which to read them, and what each one shows.

    [dim]backtrace configs --show linear[/]   what stands in it
    [dim]backtrace configs --copy linear[/]   a copy of your own, to change
    """
    from backtrace.config.bundled import copy_bundled, require_bundled
    from backtrace.language import localized

    if show is not None:
        typer.echo(require_bundled(show).read_text("utf-8"), nl=False)
    elif copy is not None:
        written = copy_bundled(copy, Path(), force=force)
        typer.echo("\n".join(localized(f"wrote {each}") for each in written))
        typer.echo(localized(f"next: backtrace run {written[0]}"))
    else:
        from backtrace.show.text.configs import print_configs

        print_configs()
