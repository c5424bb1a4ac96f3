"""`backtrace why`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from backtrace.cli import completions, flags
from backtrace.errors import UsageError


def why(
    trace: Annotated[Path, typer.Argument(help="A trace file, as `run -o FILE` writes it.")],
    number: Annotated[
        str,
        typer.Argument(
            metavar="NAME[INDEX]",
            help="A tensor, or one element; NAME.grad and NAME.grad[INDEX] for its gradient.",
            autocompletion=completions.names_in_trace,
        ),
    ],
    update: Annotated[
        str | None,
        typer.Option(metavar="N", help="As this update left it: a number, or last (the default)."),
    ] = None,
    back: Annotated[int, typer.Option(min=1, metavar="N", help="Go back through N updates.")] = 1,
    until: Annotated[
        Literal["first-nonfinite"] | None,
        typer.Option(help="The first update in which it was not finite."),
    ] = None,
    format_: Annotated[
        Literal["table", "json", "md"], typer.Option("--format", help="What to write.")
    ] = "table",
    rank: flags.Rank = None,
) -> None:
    """Tell where a number of a trace comes from: each call that wrote it, the latest first.

    [dim]backtrace why run.trace '2.weight[0,3]' --update 7[/]  one element, after update 7
    [dim]backtrace why run.trace fc.bias.grad[/]                a gradient, as step read it
    [dim]backtrace why run.trace fc.bias --back 3[/]            through three updates
    [dim]backtrace why run.trace fc.bias --until first-nonfinite[/]  where NaN began
    """
    from backtrace.show.why import explain_number

    if until is not None and update is not None:
        raise UsageError("--until looks for the update itself: not with --update")
    explain_number(
        trace,
        number,
        format_,
        update=update,
        back=back,
        until_nonfinite=until is not None,
        rank=rank,
    )
