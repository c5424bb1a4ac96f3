"""`backtrace steer`."""

from typing import Annotated

import typer


def steer(
    list_: Annotated[bool, typer.Option("--list", help="List them all, which is all it does.")] = (
        True
    ),
) -> None:
    """List the experiments: what `compare` can change in a running loop, of configs and scripts.

    [dim]backtrace steer --list[/]
    [dim]backtrace compare train.py --no-zero-grad[/]
    [dim]backtrace compare train.py --with optimizer.momentum=0.9[/]
    """
    from backtrace.show.text.experiments import print_experiments

    print_experiments()
