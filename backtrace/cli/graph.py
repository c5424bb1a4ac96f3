"""`backtrace graph`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from backtrace.cli import flags
from backtrace.errors import UsageError


def graph(
    target: Annotated[
        str, typer.Argument(metavar="CONFIG", help="A config's path, or a bundled one's name.")
    ],
    dot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the graph for Graphviz as well.")
    ] = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="What to write.")
    ] = "table",
    all_: Annotated[bool, typer.Option("--all", help="Every line of a large graph.")] = False,
    set_: flags.Set = None,
    seed: flags.Seed = None,
    device: flags.Device = None,
    dtype: flags.Dtype = None,
    synthetic: flags.Synthetic = False,
) -> None:
    """Show the graph behind the first loss: its nodes, what they keep, and why a .grad is None.

    [dim]backtrace graph lenet[/]                    from the loss back to every parameter
    [dim]backtrace graph why_none[/]                 nine ways to get no gradient
    [dim]backtrace graph my.yaml --dot graph.dot[/]  then: dot -Tsvg graph.dot -o graph.svg
    """
    from backtrace.config.load import load_config

    overrides = flags.to_overrides(seed=seed, device=device, dtype=dtype, synthetic=synthetic)
    loaded = load_config(target, [*overrides, *flags.read_sets(set_)])

    from rich.console import Console

    from backtrace.explain.examine import examine_graph
    from backtrace.show.text.dot import graph_dot
    from backtrace.show.text.graph import graph_json, graph_report
    from backtrace.train.training import build_training

    training = build_training(loaded.config, loaded.folder, loaded.locate)
    facts = examine_graph(training, loaded.path.stem)
    if dot is not None:
        try:
            dot.write_text(graph_dot(facts), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--dot {dot}: cannot be written: {error.strerror}") from None
    if format_ == "json":
        typer.echo(graph_json(facts))
    else:
        console = Console(highlight=False, markup=False, emoji=False)
        console.print(graph_report(facts, limit=None if all_ else 80))
