"""`backtrace diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def diff(
    base: Annotated[Path, typer.Argument(metavar="A", help="A trace file.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="The trace file to hold against it.")],
    rtol: Annotated[float, typer.Option(min=0, help="Relative tolerance.")] = 0.0,
    atol: Annotated[float, typer.Option(min=0, help="Absolute tolerance.")] = 0.0,
    skip: Annotated[
        int,
        typer.Option(min=0, metavar="N", help="B was resumed after A's first N updates."),
    ] = 0,
    format_: Annotated[Literal["table", "json"], typer.Option("--format")] = "table",
) -> None:
    """Say where two traces part first, and how the difference grows.

    Bitwise unless a tolerance is given. Exit code 0: equal, 1: different, 2: not comparable.

    [dim]backtrace diff before.trace after.trace[/]
    [dim]backtrace diff whole.trace resumed.trace --skip 100[/]
    """
    from backtrace.compare.diff_files import diff_files
    from backtrace.compare.measure import Tolerance
    from backtrace.errors import EXIT_FOUND

    tolerance = Tolerance(rtol, atol)
    if not diff_files((base, other), tolerance, skip, as_json=format_ == "json"):
        raise typer.Exit(EXIT_FOUND)
