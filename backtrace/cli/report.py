"""`backtrace report`."""

from pathlib import Path
from typing import Annotated

import typer

from backtrace.cli import flags


def report(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace file.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="The page; TRACE's name with .html."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is no report.")] = False,
    param: flags.Param = None,
    rank: flags.Rank = None,
    ignore: flags.Ignore = None,
) -> None:
    """Write one self-contained HTML page about a trace.

    The verdict, the loss, every call of the loop, every parameter's gradients; opens from disk.

    [dim]backtrace run linear -o run.trace[/]
    [dim]backtrace report run.trace -o report.html[/]
    [dim]backtrace report run.trace --param 'conv*'[/]
    """
    from backtrace.printable import literal
    from backtrace.show.html.report import report_file

    ignored = flags.read_ignore(ignore)
    made = report_file(
        trace, output, force=force, ignore=ignored, rank=rank, params=tuple(param or ())
    )
    typer.echo(literal(str(made)))
