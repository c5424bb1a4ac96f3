"""`backtrace diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from backtrace.cli import flags


def diff(
    base: Annotated[Path, typer.Argument(metavar="A", help="A trace file.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="The trace file to hold against it.")],
    rtol: flags.Rtol = None,
    atol: flags.Atol = None,
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
    from backtrace.compare.measure import read_tolerance
    from backtrace.compare.trace_pair import compare_traces
    from backtrace.errors import EXIT_FOUND

    tolerance = read_tolerance(rtol, atol)
    if not compare_traces((base, other), tolerance, skip, as_json=format_ == "json"):
        raise typer.Exit(EXIT_FOUND)
