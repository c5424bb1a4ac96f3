"""`backtrace watch`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from backtrace.cli import flags
from backtrace.errors import UsageError


def watch(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="The file of a run that goes on.")],
    tui: Annotated[
        bool, typer.Option("--tui", help="Walk through it while it grows, in the terminal.")
    ] = False,
    format_: Annotated[
        Literal["line", "table"], typer.Option("--format", help="One line an update, or tables.")
    ] = "line",
    updates: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Updates to show as tables: 1-3,10, 5-, last, all."),
    ] = None,
    param: flags.Param = None,
    all_: flags.All = False,
    values: flags.Values = 8,
    every: Annotated[
        str | None,
        typer.Option(metavar="N|auto", help="From now on, have the run read every N-th update."),
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long to wait for the file.")
    ] = 30.0,
    ignore: flags.Ignore = None,
    notes: flags.Notes = False,
    census: flags.Census = False,
) -> None:
    """Follow a training that runs in another terminal, and is written with -o.

    Findings are told when they are made. It ends when the run ends, with exit code 1 where its
    process is gone before that; Ctrl-C ends the watch and not the run.

    [dim]backtrace run train.py -o run.trace[/]     in one terminal
    [dim]backtrace watch run.trace[/]               in another: a line an update
    [dim]backtrace watch run.trace --format table[/]
    [dim]backtrace watch run.trace --tui[/]         call by call, with the keyboard
    [dim]backtrace watch run.trace --every 1[/]     have it read each update from now on
    """
    from backtrace.show.options import Options
    from backtrace.show.selection import FEW, parse_selection

    if updates is not None and (tui or format_ != "table"):
        raise UsageError("--updates chooses the tables to show: add --format table")
    asked = None if every is None else str(flags.read_every(every))
    if tui and asked is not None:
        raise UsageError("--every: leave --tui out, or ask for it in another terminal")
    if tui:
        from backtrace.show.tui import check_terminal

        check_terminal()  # the next import is Textual's
        from backtrace.show.tui.watched import watch_through

        watch_through(trace, params=tuple(param or ()), wait=wait)
        return
    options = Options(
        selection=FEW if updates is None else parse_selection(updates),
        params=tuple(param or ()),
        values=values,
        limit=None if all_ or param else 12,
        ignore=flags.read_ignore(ignore),
        notes=notes,
        census=census,
    )
    from backtrace.show.watch import watch_trace

    shown = "brief" if format_ == "line" else format_
    raise typer.Exit(watch_trace(trace, shown, options, wait=wait, every=asked))
