"""`backtrace what-if`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from backtrace.cli import experiments, flags


def what_if(
    ctx: typer.Context,
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace that `run -o` wrote.")],
    at: Annotated[
        int, typer.Option("--at", min=1, metavar="N", help="The last update that is as recorded.")
    ],
    for_: Annotated[
        int | None, typer.Option("--for", min=1, metavar="N", help="Go on for N updates.")
    ] = None,
    no_zero_grad: flags.NoZeroGrad = False,
    zero_grad: experiments.ZeroGrad = False,
    lr: experiments.Lr = None,
    clip_norm: experiments.ClipNorm = None,
    average: experiments.Average = False,
    optimizer: experiments.OptimizerClass = None,
    freeze: experiments.Freeze = None,
    train_mode: experiments.TrainMode = False,
    with_: experiments.With = None,
    updates: Annotated[
        str | None, typer.Option(metavar="LIST", help="Updates to show: 41-43, last, all.")
    ] = None,
    param: flags.Param = None,
    all_: flags.All = False,
    rtol: flags.Rtol = None,
    atol: flags.Atol = None,
    format_: Annotated[Literal["table", "json"], typer.Option("--format")] = "table",
    timeout: Annotated[
        float | None, typer.Option(min=0.1, metavar="SECONDS", help="How long it may take.")
    ] = None,
    cwd_copy: experiments.CwdCopy = False,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Keep the trace of the other way.")
    ] = None,
) -> None:
    """Run a recorded run again, and another way from one update on.

    What was recorded is run again, and held against the trace up to update N: where it is not
    the same, it is ended, and that is said. Then the loop is changed, as `compare` changes it.
    Exit code 0: done, 1: it is not the recorded run, or it failed.

    [dim]backtrace run -o run.trace train.py[/]
    [dim]backtrace what-if run.trace --at 40 --lr 0.1x[/]
    [dim]backtrace what-if run.trace --at 40 --for 20 --optimizer SGD[/]
    """
    from backtrace.cli.recorded_command import read_recorded_command
    from backtrace.compare.folder_copy import check_folder
    from backtrace.compare.measure import read_tolerance
    from backtrace.compare.print_what_if import print_other_way, write_other_way
    from backtrace.compare.what_if import WhatIfOptions, run_other_way
    from backtrace.errors import EXIT_FOUND, UsageError
    from backtrace.show.options import Options
    from backtrace.show.selection import parse_selection
    from backtrace.tracefile import open_trace

    texts = experiments.to_texts(
        experiments.list_experiments(no_zero_grad=no_zero_grad, **experiments.chosen(ctx.params))
    )
    if not texts:
        raise UsageError("say what is to be another: --lr 0.1x, --no-zero-grad, --with KEY=VALUE")
    shown = Options(
        selection=parse_selection(updates or f"{at + 1}-{at + 3},last"),
        params=tuple(param or ()),
        limit=None if all_ or param else 6,
    )
    wanted = WhatIfOptions(at, texts, for_, read_tolerance(rtol, atol), timeout, output, cwd_copy)
    if cwd_copy:
        check_folder()
    assert ctx.parent is not None
    with open_trace(trace) as recorded:
        command = ctx.parent.command.get_command(ctx.parent, "run")  # type: ignore[attr-defined]
        request = read_recorded_command(recorded, command)
        with run_other_way(recorded, request, wanted) as found:
            if format_ == "json":
                write_other_way(found)
            else:
                print_other_way(found, shown)
            if not found.is_same or found.error:
                raise typer.Exit(EXIT_FOUND)
