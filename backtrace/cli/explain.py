"""`backtrace explain`."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from backtrace.cli import completions, flags
from backtrace.cli.language_option import adopt_config_language
from backtrace.errors import EXIT_FOUND, EXIT_OK

if TYPE_CHECKING:
    from backtrace.driver.asks import ExplainQuestion
    from backtrace.explain.derive.parts import Derivation

_MOST_BLOCKS = 24


def explain(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            help="A config, its name, or a script with its arguments after it.",
            autocompletion=completions.targets,
        ),
    ],
    module: flags.Module = False,
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Which parameters; by default one of the last layer."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="NAME[I,J]", help="One element, as the sum that it is."),
    ] = None,
    update: flags.AskedUpdate = 1,
    format_: Annotated[
        Literal["table", "md"], typer.Option("--format", help="What to write.")
    ] = "table",
    rows: Annotated[
        bool, typer.Option("--rows", help="Which rows of the batch made it, and their shares.")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help="Every link of a long derivation.")] = False,
    no_zero_grad: flags.NoZeroGrad = False,
    accumulate: flags.Accumulate = None,
    set_: flags.Set = None,
    seed: flags.Seed = None,
    synthetic: flags.Synthetic = False,
) -> None:
    """Derive a parameter's gradient, from the loss back to it and on to the step.

    A script runs until the update is over; what is derived is written to stderr then, as `run`
    does. The exit code is 1 where the gradient by hand is not what was found in .grad.

    [dim]backtrace explain linear[/]                       every number by hand
    [dim]backtrace explain lenet --param conv1.bias[/]     through the whole chain
    [dim]backtrace explain digits --rows[/]                which rows of the batch made it
    [dim]backtrace explain linear --no-zero-grad --update 2[/]  what piles up
    [dim]backtrace explain --update 3 train.py --lr 0.1[/] a script, with its own arguments
    [dim]backtrace explain --at '2.weight[0,3]' train.py[/] one number, and what it is the sum of
    """
    from backtrace.driver.asks import ExplainQuestion
    from backtrace.driver.script import is_script

    question = ExplainQuestion(tuple(param or ()), at, update, rows)
    limit = None if all_ else _MOST_BLOCKS
    if module or is_script(target):
        from backtrace.start_up import ProgramEnded

        raise ProgramEnded(_explain_script(ctx, question, format_, limit))
    from backtrace.config.load import load_config

    overrides = flags.to_overrides(
        zero_grad=not no_zero_grad, accumulate=accumulate, seed=seed, synthetic=synthetic
    )
    loaded = load_config(target, [*overrides, *flags.read_sets(set_)])
    adopt_config_language(loaded.config.language)

    from backtrace.driver.asks import explain_config  # torch comes in here

    found = explain_config(loaded, question)
    _write(found, format_, limit, sys.stdout, [target])
    if not all(each.agrees for each in found):
        raise typer.Exit(EXIT_FOUND)


def _explain_script(
    ctx: typer.Context, question: "ExplainQuestion", format_: str, limit: int | None
) -> int:
    from backtrace.cli.asked_script import open_asked, script_words
    from backtrace.driver.asks import explain_script

    with open_asked(ctx) as asked:
        code, found = explain_script(asked, question)
        _write(found, format_, limit, asked.errors, script_words(ctx))
    return code or (EXIT_OK if all(each.agrees for each in found) else EXIT_FOUND)


def _write(
    found: "Sequence[Derivation]",
    format_: str,
    limit: int | None,
    stream: TextIO,
    words: list[str],
) -> None:
    """Write derivations one after the other; `words` are what was asked about, as typed."""
    if format_ == "md":
        from backtrace.show.markdown.derivation import derivation_to_markdown

        stream.write("\n".join(map(derivation_to_markdown, found)))
        return
    from rich.console import Console

    from backtrace.show.content.next_looks import after_derivations
    from backtrace.show.text.derivation import derivation_table
    from backtrace.show.text.findings import print_command

    console = Console(highlight=False, markup=False, emoji=False, file=stream)
    for at, each in enumerate(found):
        if at:
            console.print()
        console.print(derivation_table(each, limit=limit))
    if found:
        print_command(console, after_derivations(words, found))
