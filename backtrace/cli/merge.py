"""`backtrace merge`."""

from pathlib import Path
from typing import Annotated

import typer


def merge(
    traces: Annotated[
        list[Path], typer.Argument(metavar="TRACE...", help="The file of each rank of one run.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The trace of all ranks.")
    ] = Path("run.trace"),
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a trace that is there.")
    ] = False,
) -> None:
    """Put the files of a run's ranks together, as where folders are not shared.

    On one machine the rank that ends last does it. What a killed rank left is taken as it is.

    [dim]backtrace merge a/run.rank0.trace b/run.rank1.trace -o run.trace[/]
    """
    from backtrace.show.merge import merge_traces

    merge_traces(traces, output, force=force)
