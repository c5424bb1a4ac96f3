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
    from rich.console import Console

    from backtrace.printable import literal
    from backtrace.show.content.next_command import Shown, next_command
    from backtrace.show.html.report import report_file
    from backtrace.show.seen_view import SeenView
    from backtrace.show.text.findings import print_command

    seen = SeenView()
    made = report_file(
        trace, output, force=force, ignore=flags.read_ignore(ignore), rank=rank,
        params=tuple(param or ()), beside=[seen],
    )  # fmt: skip
    typer.echo(literal(str(made)))
    shown = Shown("trace", (str(trace),), has_page=True)
    print_command(Console(highlight=False), next_command(shown, seen.diagnosis, seen.updates))
