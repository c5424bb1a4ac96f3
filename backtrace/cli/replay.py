"""`backtrace replay`."""

from pathlib import Path
from typing import Annotated

import typer

from backtrace.cli import flags


def replay(
    ctx: typer.Context,
    capsule: Annotated[
        Path, typer.Argument(metavar="CAPSULE", help="A file that `run --capsule` wrote.")
    ],
    update: Annotated[
        int | None, typer.Option("--update", min=1, metavar="N", help="Which; the last one.")
    ] = None,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Run the program up to there first: slow, exact.")
    ] = False,
    param: flags.Param = None,
    all_: flags.All = False,
    values: flags.Values = 8,
    break_: Annotated[
        list[str] | None,
        typer.Option("--break", metavar="WHEN", help="Stop in a debugger, as `run --break` does."),
    ] = None,
    output: flags.Output = None,
    force: flags.Force = False,
) -> None:
    """Run one recorded update again, in full detail, from what it began with.

    The recorded command is started again. At the first update of its loop, values, optimizers and
    random numbers are set to what was kept, and the kept batch is handed to it. Whether the update
    came to the same bits is said. Exit code 0: it did, 1: it did not.

    [dim]backtrace run --capsule train.py[/]          writes train.capsule where it goes wrong
    [dim]backtrace replay train.capsule[/]            that update again, and is it the same?
    [dim]backtrace replay --break not-finite train.capsule[/]  in a debugger, where it happens
    """
    from backtrace.cli.recorded_command import read_command
    from backtrace.compare.replay import ReplayOptions, replay_update
    from backtrace.errors import EXIT_FOUND, EXIT_OK
    from backtrace.start_up import ProgramEnded

    assert ctx.parent is not None
    command = ctx.parent.command.get_command(ctx.parent, "run")  # type: ignore[attr-defined]
    options = ReplayOptions(
        capsule, update, from_start, tuple(param or ()), values, break_ or (), output,
        has_limit=not (all_ or param), force=force,
    )  # fmt: skip
    is_same = replay_update(options, lambda text: read_command(text, capsule, command))
    raise ProgramEnded(EXIT_OK if is_same else EXIT_FOUND)
