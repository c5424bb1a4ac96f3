"""`backtrace explain`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from backtrace.cli import flags
from backtrace.errors import EXIT_FOUND


def explain(
    target: Annotated[
        str, typer.Argument(metavar="CONFIG", help="A config's path, or a bundled one's name.")
    ],
    param: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which parameter; by default one of the last layer."),
    ] = None,
    update: Annotated[
        int, typer.Option(min=1, metavar="N", help="With the values that update N finds.")
    ] = 1,
    format_: Annotated[
        Literal["table", "md"], typer.Option("--format", help="What to write.")
    ] = "table",
    rows: Annotated[
        bool, typer.Option("--rows", help="Which rows of the batch made it, and their shares.")
    ] = False,
    no_zero_grad: flags.NoZeroGrad = False,
    accumulate: flags.Accumulate = None,
    set_: flags.Set = None,
    seed: flags.Seed = None,
    synthetic: flags.Synthetic = False,
) -> None:
    """Derive one parameter's gradient, from the loss back to it and on to the step.

    The exit code is 1 where the gradient by hand is not what was found in .grad.

    [dim]backtrace explain linear[/]                       every number by hand
    [dim]backtrace explain lenet --param conv1.bias[/]     through the whole chain
    [dim]backtrace explain digits --rows[/]                which rows of the batch made it
    [dim]backtrace explain linear --no-zero-grad --update 2[/]  what piles up
    """
    from backtrace.config.load import load_config

    overrides = flags.to_overrides(
        zero_grad=not no_zero_grad, accumulate=accumulate, seed=seed, synthetic=synthetic
    )
    loaded = load_config(target, [*overrides, *flags.read_sets(set_)])

    from backtrace.driver.explained import explain_training
    from backtrace.train.training import build_training  # torch comes in here

    training = build_training(loaded.config, loaded.folder, loaded.locate)
    found = explain_training(
        training, target=loaded.path.stem, param=param, update=update, rows=rows
    )
    if format_ == "md":
        from backtrace.show.markdown.derivation import derivation_to_markdown

        typer.echo(derivation_to_markdown(found), nl=False)
    else:
        from rich.console import Console

        from backtrace.show.text.derivation import derivation_table

        console = Console(highlight=False, markup=False, emoji=False)
        console.print(derivation_table(found))
    if not found.agrees:
        raise typer.Exit(EXIT_FOUND)
