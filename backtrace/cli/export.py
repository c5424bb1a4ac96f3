"""`backtrace export`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from backtrace.cli import flags


def export(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace file.")],
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Where to write; its ending tells the format."
        ),
    ] = None,
    format_: Annotated[
        Literal["csv", "jsonl", "parquet", "tensorboard", "chrome"] | None,
        typer.Option("--format", help="For stdout (csv if none is given), or any file's name."),
    ] = None,
    param: flags.Param = None,
    rank: flags.Rank = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite an export that is there.")
    ] = False,
) -> None:
    """Write a trace for other programs: pandas, a spreadsheet, DuckDB, TensorBoard.

    [dim]backtrace export run.trace -o run.csv[/]      a row an update and parameter
    [dim]backtrace export run.trace -o run.parquet[/]  the same, in Parquet
    [dim]backtrace export run.trace --format jsonl[/]  every event on a line of its own
    [dim]backtrace export run.trace -o run.json[/]     a timeline for Perfetto or chrome://tracing
    [dim]backtrace export run.trace --format tensorboard -o runs/first[/]
    """
    from backtrace.show.export.choose import export_trace

    export_trace(trace, output, format_, force=force, params=tuple(param or ()), rank=rank)
