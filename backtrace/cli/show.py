"""`backtrace show`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from backtrace.cli import completions, flags
from backtrace.errors import UsageError

if TYPE_CHECKING:
    from backtrace.show.options import Options


def show(
    ctx: typer.Context,
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
    where: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Rows of updates by their numbers: 'ratio > 1'."),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Those rows, the largest first; +ratio: the smallest.",
            autocompletion=completions.columns,
        ),
    ] = None,
    overview: Annotated[
        bool | None,
        typer.Option(
            "--overview/--no-overview",
            help="Only the trends of a run, or nothing above its tables.",
        ),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GLOB",
            help="Only parameters whose names match, such as 'conv*'.",
            autocompletion=completions.names_in_trace,
        ),
    ] = None,
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
    """Show a recorded run again: what it came to, then its tables; or walk through it.

    [dim]backtrace show run.trace[/]               an overview, some updates, the verdict
    [dim]backtrace show run.trace --update 5000[/] one update of a long run, at once
    [dim]backtrace show run.trace --sort ratio[/]  what moved most for its size, and when
    [dim]backtrace show run.trace --tui[/]         call by call, with the keyboard
    """
    from backtrace.show.content.next_command import Shown
    from backtrace.show.options import Options
    from backtrace.show.selection import EVERY, FEW, parse_selection

    if updates is not None and (tui or update is not None):
        given = "--tui" if tui else "--update"
        raise UsageError(f"--updates chooses what is printed as in a run: not with {given}")
    picks = where is not None or sort is not None
    if tui and picks:
        raise UsageError("--where and --sort print rows: not with --tui")
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
    if picks or overview:
        (_show_rows if picks else _show_overview)(ctx.params, options)
        return
    from backtrace.show.show import show_trace, show_update

    how: dict[str, Any] = {"by_term": by_term, "receipts": receipt, "rank": rank}
    if update is None:
        opens = overview is None and updates is None and format_ == "table"
        code = show_trace(trace, format_, options, updates=updates, has_overview=opens, **how)
    else:
        code = show_update(trace, update, format_, options, **how)
    raise typer.Exit(code)


def _show_overview(params: Mapping[str, Any], options: "Options") -> None:
    from backtrace.show.trends import show_trends

    show_trends(params["trace"], params["format_"], options, params["rank"])


def _show_rows(params: Mapping[str, Any], options: "Options") -> None:
    from backtrace.show.picked.pick import MOST, show_picked
    from backtrace.show.picked.picked_view import PickRequest
    from backtrace.show.selection import EVERY, parse_selection

    update, shown = params["update"], params["format_"]
    chosen = params["updates"] or update
    request = PickRequest(
        params["where"] or "",
        params["sort"] or "",
        tuple(params["param"] or ()),
        parse_selection(chosen) if chosen else EVERY,
        None if params["all_"] or shown in ("json", "jsonl") else MOST,
    )
    show_picked(params["trace"], request, update, shown, options, params["rank"])
