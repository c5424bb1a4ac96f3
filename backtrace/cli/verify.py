"""`backtrace verify`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from backtrace.cli import flags
from backtrace.errors import EXIT_FOUND


def verify(
    target: Annotated[str, typer.Argument(help="A config's path, or a bundled one's name.")],
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Only parameters whose names match; also `input`."),
    ] = None,
    samples: Annotated[
        int, typer.Option(min=1, metavar="N", help="Finite differences of up to N entries each.")
    ] = 16,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="What to write.")
    ] = "table",
    seed: flags.Seed = None,
    set_: flags.Set = None,
    synthetic: flags.Synthetic = False,
) -> None:
    """Derive the gradients of the first batch by hand, and hold them against autograd.

    Finite differences are the third computation. The exit code is 1 where two disagree.

    [dim]backtrace verify broadcast_mlp[/]                  all parameters and the input
    [dim]backtrace verify lenet --param 'conv*'[/]          some of them
    [dim]backtrace verify cifar10 --synthetic[/]            without the data set
    """
    from backtrace.config.load import load_config

    overrides = flags.to_overrides(seed=seed, synthetic=synthetic)
    loaded = load_config(target, [*overrides, *flags.read_sets(set_)])

    from backtrace.explain.verify.compare_gradients import verify as compare_gradients
    from backtrace.train.training import build_training  # torch comes in here

    training = build_training(loaded.config, loaded.folder, loaded.locate)
    found = compare_gradients(
        training, target=loaded.path.stem, params=tuple(param or ()), samples=samples
    )
    if format_ == "json":
        from backtrace.show.text.verification import verification_to_json

        typer.echo(verification_to_json(found))
    else:
        from rich.console import Console

        from backtrace.show.text.verification import verification_table

        console = Console(highlight=False, markup=False, emoji=False)
        console.print(verification_table(found))
    if not found.agrees:
        raise typer.Exit(EXIT_FOUND)
