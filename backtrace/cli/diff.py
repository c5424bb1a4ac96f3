"""`backtrace diff`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from backtrace.cli import flags


def diff(
    base: Annotated[Path, typer.Argument(metavar="A", help="A trace file.")],
    other: Annotated[
        Path | None, typer.Argument(metavar="[B]", help="The trace file to hold against it.")
    ] = None,
    ranks: Annotated[
        str | None,
        typer.Option(metavar="I,J", help="Rank I of A against rank J, of B or of A itself."),
    ] = None,
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
    [dim]backtrace diff run.trace --ranks 0,1[/]
    """
    from backtrace.compare.measure import read_tolerance
    from backtrace.compare.trace_pair import compare_traces, read_ranks
    from backtrace.errors import EXIT_FOUND, UsageError

    tolerance, chosen = read_tolerance(rtol, atol), read_ranks(ranks)
    if other is None and ranks is None:
        raise UsageError("diff needs two traces, or --ranks I,J for two ranks of one")
    pair = (base, other or base)
    if not compare_traces(pair, tolerance, skip, as_json=format_ == "json", ranks=chosen):
        raise typer.Exit(EXIT_FOUND)
