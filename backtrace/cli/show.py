"""`backtrace show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from backtrace.cli import flags
from backtrace.errors import UsageError


def show(
    trace: Annotated[Path, typer.Argument(help="A trace file, as `run -o FILE` writes it.")],
    tui: Annotated[
        bool, typer.Option("--tui", help="Walk through it call by call, in the terminal.")
    ] = False,
    update: Annotated[
        str | None,
        typer.Option(metavar="N", help="Only this update, at once: a number, or last."),
    ] = None,
    updates: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Updates to show: 1-3,10, 5-, last, all."),
    ] = None,
    param: flags.Param = None,
    all_: flags.All = False,
    values: flags.Values = 8,
    by_term: Annotated[
        bool | None,
        typer.Option(
            "--by-term/--no-by-term", help="What each loss term added, if it was recorded."
        ),
    ] = None,
    receipt: Annotated[
        bool,
        typer.Option("--receipt/--no-receipt", help="The arithmetic of steps, if recorded."),
    ] = True,
    format_: Annotated[
        Literal["table", "json", "jsonl", "md"], typer.Option("--format", help="What to write.")
    ] = "table",
    rank: flags.Rank = None,
    ignore: flags.Ignore = None,
    notes: flags.Notes = False,
    census: flags.Census = False,
) -> None:
    """Show a recorded run again, as it was shown live, or walk through it.

    [dim]backtrace show run.trace[/]               what the run printed
    [dim]backtrace show run.trace --update 5000[/] one update of a long run, at once
    [dim]backtrace show run.trace --tui[/]         call by call, with the keyboard
    """
    from backtrace.show.content.next_command import Shown
    from backtrace.show.options import Options
    from backtrace.show.selection import EVERY, FEW, parse_selection

    if updates is not None and (tui or update is not None):
        given = "--tui" if tui else "--update"
        raise UsageError(f"--updates chooses what is printed as in a run: not with {given}")
    if tui:
        from backtrace.show.tui import walk_through

        walk_through(trace, update=update, params=tuple(param or ()), rank=rank)
        return
    default = EVERY if format_ == "json" else FEW
    options = Options(
        selection=parse_selection(updates) if updates is not None else default,
        params=tuple(param or ()),
        values=values,
        limit=None if all_ or param else 12,
        ignore=flags.read_ignore(ignore),
        notes=notes,
        census=census,
        subject=Shown("trace", (str(trace),)),
    )
    from backtrace.show.show import show_trace, show_update

    if update is None:
        code = show_trace(trace, format_, options, by_term=by_term, receipts=receipt, rank=rank)
    else:
        code = show_update(
            trace, update, format_, options, by_term=by_term, receipts=receipt, rank=rank
        )
    raise typer.Exit(code)
