"""`backtrace what-if`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from backtrace.cli import experiments, flags

if TYPE_CHECKING:
    from backtrace.show.options import Options


def what_if(
    ctx: typer.Context,
    trace: Annotated[
        Path | None, typer.Argument(metavar="TRACE", help="A trace that `run -o` wrote.")
    ] = None,
    at: Annotated[
        int | None,
        typer.Option("--at", min=1, metavar="N", help="The last update that is as recorded."),
    ] = None,
    from_capsule: Annotated[
        Path | None,
        typer.Option(metavar="CAPSULE", help="Begin at what is kept there; --at names its update."),
    ] = None,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="With a capsule: run the program up to it first.")
    ] = False,
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
    From a capsule it begins at the kept update, with and without the change.
    Exit code 0: done, 1: it is not the recorded run, or it failed.

    [dim]backtrace run -o run.trace train.py[/]
    [dim]backtrace what-if run.trace --at 40 --lr 0.1x[/]
    [dim]backtrace what-if run.trace --at 40 --for 20 --optimizer SGD[/]
    [dim]backtrace what-if --from-capsule run.capsule --for 20 --lr 0.1x[/]
    """
    from backtrace.compare.folder_copy import check_folder
    from backtrace.errors import EXIT_FOUND, UsageError
    from backtrace.show.options import Options
    from backtrace.show.selection import parse_selection

    texts = experiments.to_texts(
        experiments.list_experiments(no_zero_grad=no_zero_grad, **experiments.chosen(ctx.params))
    )
    if not texts:
        raise UsageError("say what is to be another: --lr 0.1x, --no-zero-grad, --with KEY=VALUE")
    usual = "all" if at is None or from_capsule is not None else f"{at + 1}-{at + 3},last"
    shown = Options(
        selection=parse_selection(updates or usual),
        params=tuple(param or ()),
        limit=None if all_ or param else 6,
    )
    if cwd_copy:
        check_folder()
    go = _from_trace if from_capsule is None else _from_capsule
    if not go(ctx, texts, shown):
        raise typer.Exit(EXIT_FOUND)


def _from_trace(ctx: typer.Context, texts: tuple[str, ...], shown: "Options") -> bool:
    """Go another way from an update of a trace; return whether it was the recorded run."""
    from backtrace.cli.recorded_command import read_recorded_command
    from backtrace.compare.measure import read_tolerance
    from backtrace.compare.print_what_if import print_other_way, write_other_way
    from backtrace.compare.what_if import WhatIfOptions, run_other_way
    from backtrace.errors import UsageError
    from backtrace.tracefile import open_trace

    given = ctx.params
    if given["trace"] is None or given["at"] is None or given["from_start"]:
        raise UsageError("write TRACE --at N, or --from-capsule CAPSULE")
    wanted = WhatIfOptions(
        given["at"], texts, given["for_"], read_tolerance(given["rtol"], given["atol"]),
        given["timeout"], given["output"], given["cwd_copy"],
    )  # fmt: skip
    with open_trace(given["trace"]) as recorded:
        request = read_recorded_command(recorded, _run_command(ctx))
        with run_other_way(recorded, request, wanted) as found:
            if given["format_"] == "json":
                write_other_way(found)
            else:
                print_other_way(found, shown, given["trace"], given["output"])
            return found.is_same and not found.error


def _from_capsule(ctx: typer.Context, texts: tuple[str, ...], shown: "Options") -> bool:
    """Go another way from an update of a capsule; return whether it was the recorded one."""
    from backtrace.cli.recorded_command import read_command
    from backtrace.compare.from_capsule import (
        CapsuleWhatIf,
        print_capsule_ways,
        run_from_capsule,
        write_capsule_ways,
    )
    from backtrace.compare.measure import read_tolerance
    from backtrace.errors import UsageError

    given = ctx.params
    path: Path = given["from_capsule"]
    if given["trace"] is not None:
        raise UsageError(f"{given['trace']}: begin at a trace or at a capsule, not at both")
    asked = CapsuleWhatIf(
        path, texts, given["at"], given["for_"], given["from_start"],
        read_tolerance(given["rtol"], given["atol"]), given["timeout"], given["output"],
        given["cwd_copy"],
    )  # fmt: skip
    command = _run_command(ctx)
    with run_from_capsule(asked, lambda text: read_command(text, path, command)) as found:
        if given["format_"] == "json":
            write_capsule_ways(found)
        else:
            print_capsule_ways(found, shown, path)
        return not (found.parted or found.error)


def _run_command(ctx: typer.Context) -> Any:
    assert ctx.parent is not None
    return ctx.parent.command.get_command(ctx.parent, "run")  # type: ignore[attr-defined]
