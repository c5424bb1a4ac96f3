"""`backtrace graph`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from backtrace.cli import completions, flags
from backtrace.cli.language_option import adopt_config_language
from backtrace.errors import UsageError

if TYPE_CHECKING:
    from backtrace.ledger.graph_facts import GraphFacts


def graph(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            help="A config, its name, a script with its arguments, or a trace file.",
            autocompletion=completions.targets,
        ),
    ],
    module: flags.Module = False,
    update: Annotated[
        int | None,
        typer.Option(
            "--update", min=1, metavar="N", help="Of a script or trace: the graphs of update N."
        ),
    ] = None,
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
    rank: flags.Rank = None,
) -> None:
    """Show the graph behind the first loss: its nodes, what they keep, and why a .grad is None.

    Of a script the graph of each backward of an update is shown, on stderr: it runs until then. A
    trace has them where `run --graph` recorded it.

    [dim]backtrace graph lenet[/]                    from the loss back to every parameter
    [dim]backtrace graph why_none[/]                 nine ways to get no gradient
    [dim]backtrace graph my.yaml --dot graph.dot[/]  then: dot -Tsvg graph.dot -o graph.svg
    [dim]backtrace graph --update 3 train.py --lr 0.1[/] a script, with its own arguments
    [dim]backtrace graph run.trace --update 3[/]     of `backtrace run --graph -o run.trace …`
    """
    from backtrace.driver.script import is_script
    from backtrace.tracefile.connect import is_meant_as_trace

    if not module and is_meant_as_trace(Path(target)):
        from backtrace.show.recorded_graph import find_recorded_graphs

        found = find_recorded_graphs(Path(target), update or 1, rank)
        _write(found, dot, format_, sys.stdout, all_=all_)
        _print_next([target], format_, sys.stdout, is_trace=True)
        return
    if rank is not None:
        raise UsageError(f"--rank: {target} is not a trace file")
    if module or is_script(target):
        from backtrace.start_up import ProgramEnded

        raise ProgramEnded(_graph_script(ctx, update or 1, dot, format_, all_=all_))
    if update is not None:
        raise UsageError(f"--update: {target} is a config, of which the first graph is shown")
    from backtrace.config.load import load_config

    overrides = flags.to_overrides(seed=seed, device=device, dtype=dtype, synthetic=synthetic)
    loaded = load_config(target, [*overrides, *flags.read_sets(set_)])
    adopt_config_language(loaded.config.language)

    from backtrace.explain.examine import examine_graph
    from backtrace.train.training import build_training

    training = build_training(loaded.config, loaded.folder, loaded.locate)
    _write([examine_graph(training, loaded.path.stem)], dot, format_, sys.stdout, all_=all_)
    _print_next([target], format_, sys.stdout)


def _graph_script(
    ctx: typer.Context, update: int, dot: Path | None, format_: str, *, all_: bool
) -> int:
    from backtrace.cli.asked_script import open_asked, script_words
    from backtrace.driver.asks import graph_script

    with open_asked(ctx) as asked:
        code, found = graph_script(asked, update)
        _write(found, dot, format_, asked.errors, all_=all_)
        _print_next(script_words(ctx), format_, asked.errors)
    return code


def _print_next(words: list[str], format_: str, stream: TextIO, *, is_trace: bool = False) -> None:
    from rich.console import Console

    from backtrace.show.content.next_looks import after_graphs
    from backtrace.show.text.findings import print_command

    if format_ != "json":
        console = Console(highlight=False, markup=False, emoji=False, file=stream)
        print_command(console, after_graphs(words, is_trace=is_trace))


def _write(
    found: "Sequence[GraphFacts]", dot: Path | None, format_: str, stream: TextIO, *, all_: bool
) -> None:
    """Write graphs one after the other; the first as a picture's source, if that is wanted."""
    from rich.console import Console

    from backtrace.show.text.dot import graph_dot
    from backtrace.show.text.graph import graph_json, graph_report

    if dot is not None and found:
        try:
            dot.write_text(graph_dot(found[0]), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--dot {dot}: cannot be written: {error.strerror}") from None
    console = Console(highlight=False, markup=False, emoji=False, file=stream)
    for at, facts in enumerate(found):
        if format_ == "json":
            print(graph_json(facts), file=stream)
            continue
        if at:
            console.print()
        console.print(graph_report(facts, limit=None if all_ else 80))
